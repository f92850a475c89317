use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.bidi",
    title: "text that runs from right to left and its marks are kept",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 16] = [
    "\u{5d0}\u{5d1}",
    "\u{5d1}\u{5d0}",
    "\u{627}\u{628}",
    "\u{628}\u{627}",
    "a\u{5d0}",
    "\u{5d0}a",
    "\u{200f}a",
    "a",
    "\u{200e}a",
    "a\u{200f}",
    "\u{202e}a\u{202c}",
    "\u{2067}a\u{2069}",
    "\u{634}\u{651}",
    "\u{634}",
    "\u{644}\u{627}",
    "\u{fefb}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
