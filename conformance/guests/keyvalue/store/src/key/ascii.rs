use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.ascii",
    title: "every printable character of ASCII is a key",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (' '..='~').map(String::from).collect();
    apart(cx, &store, &keys).await
}
