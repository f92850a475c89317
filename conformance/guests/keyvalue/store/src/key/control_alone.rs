use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.control-alone",
    title: "a key may be a control character and nothing else, or begin with one",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

const KEYS: [&str; 22] = [
    "\u{1}",
    "\u{2}",
    "\u{1}\u{1}",
    "\u{1f}",
    "\u{1e}",
    "\u{7f}",
    "\u{7f}\u{7f}",
    "\n",
    "\r",
    "\r\n",
    "\n\r",
    "\t",
    "\u{1b}[0m",
    "\u{1b}",
    "\u{8}",
    "a\u{8}b",
    "b",
    "\u{4}",
    "\u{1a}",
    "\0",
    "\u{1}a",
    "a",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
