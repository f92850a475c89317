use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.space-unicode",
    title: "white space beyond ASCII is part of a key",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 18] = [
    "a",
    "a\u{a0}",
    "\u{a0}a",
    "a\u{3000}",
    "\u{3000}a",
    "a\u{2003}",
    "\u{2003}a",
    "a\u{2028}",
    "a\u{2029}",
    "a\u{85}",
    "\u{85}a",
    "a\u{b}",
    "a\u{c}",
    "\u{1680}",
    "\u{2009}",
    "a b",
    "a\u{a0}b",
    "a\u{202f}b",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
