use conformance_kit::prelude::*;

case! {
    /// What removes a key that it found ended must not remove the one that was
    /// written meanwhile.
    id: "kv.expiry.write-at-the-end",
    title: "keys that are set around the moment of their end stay",
    clauses: ["KV-EXPIRY-4", "KV-EXPIRY-6"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

const KEYS: usize = 24;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let ttl = limits.ttl(40);
    let keys: Vec<String> = (0..KEYS).map(|n| format!("key-{n}")).collect();
    let mut spans = Vec::new();
    for key in &keys {
        spans.push(cx.expiring(&store, key, b"old", ttl).await?);
    }
    for (key, span) in keys.iter().zip(&spans) {
        while cx.now().await + Duration::from_millis(1) < span.before + span.ttl {}
        // A read makes a lazy provider look at the end just before the write.
        let (read, written) = both(store.get(key), store.set(key, b"new")).await;
        cx.ok(read)?;
        cx.ok(written)?;
    }
    for span in &spans {
        cx.sleep_past(span).await;
    }
    for value in together(keys.iter().map(|key| store.get(key))).await {
        cx.check("KV-EXPIRY-6", "get of a key that was set at its end")
            .value(value, b"new")?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-EXPIRY-4", "list keys that were set at their end")
        .keys(&listed, &keys)
}
