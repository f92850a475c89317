use conformance_kit::prelude::*;

use crate::listing::{fill, streamed_by};
use crate::support::{changed, filled, long_key};

case! {
    id: "kv.keys.long-keys",
    title: "a stream delivers the longest keys exactly",
    clauses: ["KV-KEY-6", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = long_key(cx)?;
    let random = cx.random_text(length);
    let mut keys: Vec<String> = ['x', 'é', '漢', '😀', '\0']
        .map(|character| filled(character, length))
        .into();
    for place in [0, 255, length - 1] {
        keys.extend(['0', '1'].map(|character| changed(&random, place, character)));
    }
    fill(cx, &store, &keys).await?;
    streamed_by(cx, "KV-KEY-6", &store, &keys, &[""]).await?;
    let prefixes = [&random[..length - 1], &keys[0], &keys[1]];
    streamed_by(cx, "KV-KEYS-1", &store, &keys, &prefixes).await
}
