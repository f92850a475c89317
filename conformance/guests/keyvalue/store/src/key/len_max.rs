use conformance_kit::prelude::*;

use crate::support::{apart, changed, key_limit};

case! {
    id: "kv.key.len-max",
    title: "keys of exactly the greatest length, and of one byte less, are accepted and kept",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    let key = cx.random_text(limit);
    let keys = [
        changed(&key, limit - 1, '0'),
        changed(&key, limit - 1, '1'),
        key[..limit - 1].to_owned(),
        changed(&key, 0, '0'),
        key[..limit - 2].to_owned(),
        changed(&key, limit / 2, '0'),
        key,
    ];
    apart(cx, &store, &keys).await
}
