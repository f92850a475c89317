use conformance_kit::prelude::*;

case! {
    id: "kv.expiry.remaining.precise",
    title: "right after set-expiring the whole time to live remains, whatever it is",
    clauses: ["KV-REMAINING-3"],
    requires: ["kv.expiry"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    for round in 0..16 {
        // From the shortest to the longest, by random steps in size.
        let bits = 64 - (limits.longest.as_nanos() as u64).leading_zeros();
        let ttl = Duration::from_nanos(cx.random() >> (64 - bits) >> cx.random_below(24));
        let ttl = limits.accepted(ttl.max(Duration::from_millis(20)));
        let key = format!("key-{}", round % 3);
        let span = cx.expiring(&store, &key, b"value", ttl).await?;
        let present = cx.check_remaining(&store, &key, &span).await?;
        let now = cx.now().await;
        cx.check("KV-REMAINING-3", "look for a key that was just set")
            .that(present || !span.lives(now), "present", &present)?;
    }
    Ok(())
}
