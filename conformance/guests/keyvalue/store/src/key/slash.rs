use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// File systems and services with folders merge or drop slashes.
    id: "kv.key.slash",
    title: "slashes are part of a key wherever they stand",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 16] = [
    "a/b", "ab", "a//b", "a/", "a", "/a", "//a", "/", "//", "///", "a/b/", "/a/b", "/a/b/",
    "a/b/c", "a/b//c", "b",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
