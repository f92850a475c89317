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

const KEYS: u64 = 16;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let mut keys = Vec::new();
    for place in 0..KEYS {
        let key = format!("key-{place}");
        let ttl = limits.ttl(40) + Duration::from_millis(10 * place);
        let span = cx
            .expiring(&store, &key, b"old", limits.accepted(ttl))
            .await?;
        keys.push((key, span));
    }
    for (place, (key, span)) in keys.iter().enumerate() {
        // A read makes a lazy provider look at the end just before the write,
        // which comes before the end, at it, or behind it.
        let end = span.before + span.ttl;
        while cx.now().await + Duration::from_millis(6) < end {}
        cx.ok(store.get(key).await)?;
        let early = Duration::from_millis([6, 2, 1, 0][place % 4]);
        while cx.now().await + early < end {}
        let (read, written) = both(store.get(key), store.set(key, b"new")).await;
        cx.ok(read)?;
        cx.ok(written)?;
    }
    for (_, span) in &keys {
        cx.sleep_past(span).await;
    }
    for value in together(keys.iter().map(|(key, _)| store.get(key))).await {
        cx.check("KV-EXPIRY-6", "get of a key that was set at its end")
            .value(value, b"new")?;
    }
    let keys: Vec<&String> = keys.iter().map(|(key, _)| key).collect();
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-EXPIRY-4", "list keys that were set at their end")
        .keys(&listed, &keys)
}
