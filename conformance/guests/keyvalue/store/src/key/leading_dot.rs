use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// Some systems hide the one and drop the other.
    id: "kv.key.leading-dot",
    title: "a key may start or end with dots",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 18] = [
    ".hidden", "hidden", ".", "..", "...", "..a", ".a", "a", "a.", "a..", "a. ", "a .", ".a.",
    "a/.b", "a/b", ".a/b", "a.b", "a..b",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
