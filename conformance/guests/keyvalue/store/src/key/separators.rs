use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.separators",
    title: "characters that providers like to join names with do not join keys",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 27] = [
    "a:b", "ab", "a::b", ":a", "a:", "a", ":", "a|b", "a||b", "a;b", "a,b", "a.b", "a_b", "a-b",
    "a--b", "a__b", "a=b", "a@b", "a\u{1f}b", "a\u{1e}b", "a\u{1}b", "a\0b", "a~b", "a!b", "a$b",
    "{a}b", "a{b}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
