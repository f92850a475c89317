use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// A pattern stands beside a key that it would match.
    id: "kv.key.glob-meta",
    title: "characters of patterns match nothing but themselves",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 36] = [
    "*", "a", "?", "b", "[a]", "c", "[ab]", "aa", "_", "d", "%", "ab", "a*", "abc", "a?", "ac",
    "a%", "ad", "a_", "ae", "*a", "ba", "[!a]", "e", "[^a]", "f", "a**", "abcd", "{a,b}", "g",
    ".*", "h", "^a$", "i", "\\*", "j",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
