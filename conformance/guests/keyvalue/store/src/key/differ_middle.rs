use conformance_kit::prelude::*;

use crate::support::{apart, changed, long_key};

case! {
    id: "kv.key.differ-middle",
    title: "long keys that differ in one byte anywhere are different keys",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = long_key(cx)?;
    let key = cx.random_text(length);
    let mut places = vec![
        1,
        7,
        8,
        63,
        64,
        127,
        128,
        254,
        255,
        256,
        length / 2,
        length - 2,
    ];
    places.extend((0..12).map(|_| cx.random_below(length as u64) as usize));
    places.sort_unstable();
    places.dedup();
    let mut keys: Vec<String> = places
        .iter()
        .map(|&place| changed(&key, place, '0'))
        .collect();
    keys.push(key);
    apart(cx, &store, &keys).await
}
