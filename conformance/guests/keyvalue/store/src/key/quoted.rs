use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.quoted",
    title: "keys that look like text of a data format are kept as they are",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 21] = [
    "a",
    "\"a\"",
    "'a'",
    "[\"a\"]",
    "[a]",
    "{\"a\":1}",
    "{\"a\": 1}",
    "{a}",
    "(a)",
    "<a>",
    "<a/>",
    "a:",
    "a: 1",
    "\"a",
    "a\"",
    "\"\"",
    "{}",
    "[]",
    "\\\"a\\\"",
    "a,b",
    "\"a\",\"b\"",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
