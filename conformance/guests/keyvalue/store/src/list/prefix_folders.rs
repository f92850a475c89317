use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    id: "kv.list.prefix-folders",
    title: "separators in keys and prefixes make no folders",
    clauses: ["KV-LIST-2", "KV-KEY-3"],
}

const KEYS: [&str; 26] = [
    "a", "a/", "a/b", "a/b/", "a/b/c", "a/b/c/d", "a//b", "a/.", "a/..", "a/../b", "/", "/a", "//",
    "./a", "../a", "ab", "ab/c", "a.b", "a:b", "a:b:c", "a\\b", "a\\b\\c", "b/a", "a/bc", "a-b",
    "A/b",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, &KEYS).await?;
    listed_by(cx, "KV-LIST-2", &store, &KEYS, &KEYS).await?;
    let prefixes = [
        "a/b/c/", "a//", "a/./", "a/../", "a:", "a\\", "/a/", "//a", ".", "..", "",
    ];
    listed_by(cx, "KV-KEY-3", &store, &KEYS, &prefixes).await
}
