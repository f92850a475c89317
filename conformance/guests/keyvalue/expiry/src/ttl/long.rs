use conformance_kit::prelude::*;

case! {
    /// Milliseconds leave 31 bits after 24 days and 32 after 49, seconds in some
    /// services turn into a date after 30 days, and a day is the least that a
    /// provider has to offer.
    id: "kv.expiry.long",
    title: "times to live of days and years are neither cut nor wrapped",
    clauses: ["KV-EXPIRY-1", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let seconds = [
        60,
        61,
        3_600,
        86_399,
        86_400,
        86_401,
        604_800,
        2_147_483,
        2_147_484,
        2_592_001,
        4_294_967,
        4_294_968,
        8_640_000,
        31_536_000,
        69_120_000,
        315_360_000,
        2_147_483_648,
        4_294_967_296,
    ];
    let mut spans = Vec::new();
    for seconds in seconds {
        let ttl =
            Duration::from_secs(seconds) + Duration::from_nanos(cx.random_below(1_000_000_000));
        if ttl >= limits.shortest && ttl <= limits.longest {
            let key = format!("key-{seconds}");
            let span = cx.expiring(&store, &key, b"value", ttl).await?;
            spans.push((key, span));
        }
    }
    for (key, span) in &spans {
        let present = cx.check_remaining(&store, key, span).await?;
        cx.check("KV-EXPIRY-1", "look for a key with a long time to live")
            .that(present, "present", &present)?;
    }
    let keys: Vec<&String> = spans.iter().map(|(key, _)| key).collect();
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-EXPIRY-1", "list keys with long times to live")
        .keys(&listed, &keys)
}
