use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.crowd",
    title: "64 keys that are set to end at a time all end in time",
    clauses: ["TYP-CALL-2", "KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let ttl = limits.ttl(60);
    let keys: Vec<String> = (0..64)
        .map(|n| format!("{}-{n}", cx.random_text(4)))
        .collect();
    let before = cx.now().await;
    let calls = keys
        .iter()
        .map(|key| expiry::set_expiring(&store, key, key.as_bytes(), ttl));
    let results = together(calls).await;
    let after = cx.now().await;
    for result in results {
        cx.check("TYP-CALL-2", "set-expiring beside 63 others")
            .ok(result)?;
    }
    let span = keyvalue::Span {
        before,
        after,
        ttl,
        lateness: limits.lateness,
    };
    for part in [0, 3] {
        while cx.now().await < before + ttl / 4 * part {}
        let values = together(keys.iter().map(|key| store.get(key))).await;
        let answered = cx.now().await;
        for (key, value) in keys.iter().zip(values) {
            let value = cx.ok(value)?;
            cx.check("KV-EXPIRY-1", "get within the time to live")
                .that(
                    value.as_deref() == Some(key.as_bytes()) || !span.lives(answered),
                    "its value",
                    &value,
                )?;
        }
    }
    cx.sleep_past(&span).await;
    for value in together(keys.iter().map(|key| store.get(key))).await {
        cx.check("KV-EXPIRY-2", "get after the time to live")
            .none(value)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-EXPIRY-2", "list after the time to live")
        .keys::<&str>(&listed, &[])
}
