use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.any-value",
    title: "swap, current and stale carry every byte of a value",
    clauses: ["KV-VALUE-1", "KV-SWAP-3", "KV-CURRENT-1"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let all: Vec<u8> = (0..=255).collect();
    let mut values = vec![
        all.clone(),
        b"\0".to_vec(),
        b"\0\0\0\0\0\0\0\x01".to_vec(),
        b"value\n".to_vec(),
        b"\r\n \t".to_vec(),
        b"{\"version\":1}".to_vec(),
        vec![0xff; 100],
        all.repeat(96),
    ];
    values.extend([255, 256, 257, 4095, 24_576].map(|length| cx.random_bytes(length)));
    for (number, value) in values.iter().enumerate() {
        let key = format!("key-{number}");
        let created = cas::create(&store, &key, value).await;
        cx.check("KV-VALUE-1", "swap to arbitrary bytes")
            .ok(created)?;
        cx.check("KV-VALUE-1", "get after the swap")
            .value(store.get(&key).await, value)?;
        cx.check("KV-CURRENT-1", "current after the swap")
            .entry(cas::current(&store, &key).await, value)?;
        cx.check("KV-SWAP-3", "stale entry with arbitrary bytes")
            .stale(cas::create(&store, &key, b"").await, Some(value))?;
    }
    Ok(())
}
