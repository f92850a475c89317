use conformance_kit::prelude::*;

use crate::support::{apart, changed, long_key};

case! {
    id: "kv.key.differ-last",
    title: "long keys that differ in their last byte alone are different keys",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let longest = long_key(cx)?;
    let mut keys = Vec::new();
    for length in [longest, longest - 1, 300, 40] {
        let key = cx.random_text(length);
        let place = key.len() - 1;
        keys.extend(['0', '1', 'A', '\0', ' ', '~'].map(|one| changed(&key, place, one)));
    }
    apart(cx, &store, &keys).await
}
