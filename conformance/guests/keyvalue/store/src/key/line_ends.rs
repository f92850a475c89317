use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.line-ends",
    title: "line ends within a key and at its end are part of it",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

const KEYS: [&str; 14] = [
    "a",
    "a\n",
    "a\r",
    "a\r\n",
    "a\n\n",
    "\na",
    "\n",
    "\r",
    "a\nb",
    "a\rb",
    "a\r\nb",
    "a b",
    "ab",
    "a\u{2028}b",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
