use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// What ends at U+0000 makes one key of many.
    id: "kv.key.nul",
    title: "U+0000 is part of a key and does not end it",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

const KEYS: [&str; 17] = [
    "a\0b", "a", "a\0", "a\0\0", "a\0c", "\0", "\0\0", "\0a", "\0b", "\0\0\0", "ab", "a\0b\0",
    "\\0", "\\u0000", "\u{2400}", "\u{fffd}", "0",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
