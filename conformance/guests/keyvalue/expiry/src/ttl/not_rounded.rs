use conformance_kit::prelude::*;

case! {
    /// A service that counts in larger steps than its lateness rounds up, which
    /// shows at the end, or down, which shows before it.
    id: "kv.expiry.not-rounded",
    title: "a time to live between two round ones is kept as it is",
    clauses: ["KV-EXPIRY-1", "KV-EXPIRY-2", "KV-REMAINING-3", "KV-SETEXP-3"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let short = limits.ttl(45);
    let mut spans = Vec::new();
    for (key, ttl) in [
        ("half", short + short / 2),
        ("third", short + short / 3),
        ("odd", short + Duration::from_nanos(1_234_567)),
        ("seconds", Duration::from_millis(61_499)),
        ("minutes", Duration::from_millis(150_501)),
        ("hours", Duration::from_nanos(5_400_999_999_999)),
    ] {
        spans.push((
            key,
            cx.expiring(&store, key, b"value", limits.accepted(ttl))
                .await?,
        ));
    }
    for (key, span) in &spans {
        cx.check_remaining(&store, key, span).await?;
    }
    for (key, span) in &spans[..3] {
        cx.watch_end(span, async || cx.ok(store.exists(key).await))
            .await?;
    }
    for (key, span) in &spans[3..] {
        let present = cx.check_remaining(&store, key, span).await?;
        let now = cx.now().await;
        cx.check("KV-SETEXP-3", "look for a key that was not to end yet")
            .that(present || !span.lives(now), "present", &present)?;
    }
    Ok(())
}
