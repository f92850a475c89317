use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.invisible",
    title: "characters that cannot be seen are part of a key",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 16] = [
    "a",
    "a\u{200b}",
    "\u{200b}a",
    "a\u{200d}",
    "a\u{200c}",
    "\u{feff}a",
    "a\u{feff}",
    "\u{feff}",
    "a\u{ad}b",
    "ab",
    "a\u{2060}b",
    "a\u{fe0f}",
    "a\u{180e}",
    "\u{200b}",
    "a\u{e0061}",
    "a\u{34f}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
