use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    id: "kv.cas.at-the-end",
    title: "a swap around the end of a key either makes it permanent or finds it absent",
    clauses: ["KV-EXPIRY-4", "KV-EXPIRY-6", "KV-SWAP-4"],
    requires: ["kv.cas", "kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 600,
}

const KEYS: usize = 24;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let mut keys = Vec::new();
    for number in 0..KEYS {
        let key = format!("key-{number}");
        let span = cx.expiring(&store, &key, b"old", limits.ttl(50)).await?;
        // None if it has ended already, on a slow machine.
        if let Some(entry) = cx.ok(cas::current(&store, &key).await)? {
            keys.push((key, span, entry.version));
        }
    }
    let mut staying = Vec::new();
    for (key, span, version) in &keys {
        while cx.now().await + Duration::from_millis(1) < span.before + span.ttl {}
        match cas::swap(&store, key, b"new", version).await {
            Ok(_) => staying.push(key),
            Err(SwapError::Stale(None)) => {}
            other => drop(
                cx.check("KV-SWAP-4", "swap around the end of a key")
                    .ok(other)?,
            ),
        }
    }
    for (_, span, _) in &keys {
        cx.sleep_past(span).await;
    }
    for value in together(staying.iter().map(|key| store.get(key))).await {
        cx.check("KV-EXPIRY-6", "get of a key that was swapped at its end")
            .value(value, b"new")?;
    }
    cx.note(format!("{} of {} were swapped", staying.len(), keys.len()));
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-EXPIRY-4", "list the keys that were swapped")
        .keys(&listed, &staying)
}
