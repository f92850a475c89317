use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.case",
    title: "keys that differ only in the case of letters are different keys",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 15] = [
    "key", "KEY", "Key", "keY", "kEy", "a", "A", "z", "Z", "key/Sub", "KEY/sub", "x[", "x{", "X[",
    "X{",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
