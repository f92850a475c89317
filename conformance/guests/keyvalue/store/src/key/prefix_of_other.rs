use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// A file and a folder of one name cannot.
    id: "kv.key.prefix-of-other",
    title: "a key and the keys that start with it stand side by side",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 18] = [
    "a", "a/b", "ab", "a/", "a/b/c", "a/bc", "a.b", "a b", "a\0", "aa", "aaa", "aaaa", "b/c/d",
    "b/c", "b/c/d/e", "b", "b/", "b//",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
