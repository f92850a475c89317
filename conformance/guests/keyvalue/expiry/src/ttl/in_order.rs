use conformance_kit::prelude::*;

case! {
    /// Among the times are some with a broken number of milliseconds.
    id: "kv.expiry.many",
    title: "of keys with different times to live each ends at its own time",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let mut live = Vec::new();
    for place in 0..12 {
        // From the shortest on, within as much again.
        let base = limits.ttl(40);
        let more = Duration::from_nanos(cx.random_below(base.as_nanos() as u64 * 2));
        let ttl = limits.accepted(base + more);
        let key = format!("key-{}", (place * 7) % 12);
        let span = cx.expiring(&store, &key, b"value", ttl).await?;
        live.push((key, span));
    }
    while !live.is_empty() {
        let asked = cx.now().await;
        let present = together(live.iter().map(|(key, _)| store.exists(key))).await;
        let answered = cx.now().await;
        let mut next = Vec::new();
        for ((key, span), present) in live.into_iter().zip(present) {
            if cx.ok(present)? {
                cx.check("KV-EXPIRY-2", "exists after the time to live")
                    .that(asked <= span.last(), "absent", &(asked - span.after))?;
                next.push((key, span));
            } else {
                cx.check("KV-EXPIRY-1", "exists within the time to live")
                    .that(!span.lives(answered), "present", &(answered - span.before))?;
            }
        }
        live = next;
        cx.sleep(limits.ttl(1) / 20).await;
    }
    Ok(())
}
