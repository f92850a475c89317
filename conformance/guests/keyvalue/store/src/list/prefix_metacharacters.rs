use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    id: "kv.list.prefix-metacharacters",
    title: "characters that are patterns elsewhere stand for themselves in a prefix",
    clauses: ["KV-LIST-2", "KV-KEY-3"],
}

const PATTERNS: [&str; 38] = [
    "*",
    "a*",
    "?",
    "a?",
    "??",
    "[a-c]",
    "[^a]",
    "[",
    "]",
    "a[b]",
    "%",
    "a%",
    "%%",
    "_",
    "a_",
    "__",
    "\\",
    "\\*",
    "a\\",
    "\\%",
    "\\_",
    ".",
    ".*",
    "a.*",
    "^a",
    "a$",
    "(a)",
    "a|b",
    "{a,b}",
    "+",
    "a+",
    "**",
    "'",
    "\"",
    "a' OR '1'='1",
    "%25",
    "%61",
    "&#97;",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // Keys that the patterns would match, and keys that start with them.
    let mut keys: Vec<String> = ["a", "aa", "ab", "abc", "b", "bc", "c", "a,b", "1"]
        .map(str::to_owned)
        .into();
    for (place, pattern) in PATTERNS.iter().enumerate() {
        if place % 2 == 0 {
            keys.push([pattern, "-end"].concat());
        }
    }
    fill(cx, &store, &keys).await?;
    listed_by(cx, "KV-LIST-2", &store, &keys, &PATTERNS).await?;
    listed_by(cx, "KV-KEY-3", &store, &keys, &["a", "b", ""]).await
}
