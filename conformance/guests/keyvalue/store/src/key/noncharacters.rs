use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.noncharacters",
    title: "code points without a character are accepted and kept",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

const KEYS: [&str; 18] = [
    "\u{fffe}",
    "\u{ffff}",
    "\u{fffd}",
    "\u{fdd0}",
    "\u{1fffe}",
    "\u{10ffff}",
    "\u{10fffe}",
    "\u{e000}",
    "\u{f8ff}",
    "\u{f0000}",
    "\u{d7ff}",
    "\u{fff9}",
    "\u{e0001}",
    "\u{378}",
    "?",
    "a\u{ffff}",
    "a\u{ffff}b",
    "a",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
