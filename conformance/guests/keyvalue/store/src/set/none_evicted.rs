use conformance_kit::prelude::*;

case! {
    /// A cache drops what is old once it holds many keys or many bytes; a store
    /// does not.
    id: "kv.set.none-evicted",
    title: "thousands of keys and many large values push no earlier key out",
    clauses: ["KV-SET-3", "KV-LIST-1"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const KEYS: usize = 2_600;
const LARGE: usize = 26;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..KEYS).map(|at| format!("key-{at:04}")).collect();
    for group in keys.chunks(64) {
        for set in together(group.iter().map(|key| store.set(key, key.as_bytes()))).await {
            cx.ok(set)?;
        }
    }
    let length = cx.limit("kv.value.max-bytes")?.min(1 << 20) as usize;
    let large: Vec<String> = (0..LARGE).map(|at| format!("large-{at:02}")).collect();
    let mut value = cx.random_bytes(length);
    for key in &large {
        value[..key.len()].copy_from_slice(key.as_bytes());
        cx.ok(store.set(key, &value).await)?;
    }
    // The oldest first: reading them must not be what keeps them.
    for (at, key) in keys.iter().enumerate().step_by(KEYS / 40) {
        cx.check("KV-SET-3", "get of a key after thousands of others")
            .value(store.get(key).await, keys[at].as_bytes())?;
    }
    value[..large[0].len()].copy_from_slice(large[0].as_bytes());
    cx.check("KV-SET-3", "get of a large value after others")
        .value(store.get(&large[0]).await, &value)?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-LIST-1", "list of thousands of keys")
        .keys(&listed, &[keys, large].concat())
}
