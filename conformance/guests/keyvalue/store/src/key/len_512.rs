use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.len-512",
    title: "keys of 512 bytes work on every provider",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys: Vec<String> = (0..6).map(|_| cx.random_text(512)).collect();
    let beginnings: Vec<String> = keys.iter().map(|key| key[..511].to_owned()).collect();
    keys.extend(beginnings);
    apart(cx, &store, &keys).await
}
