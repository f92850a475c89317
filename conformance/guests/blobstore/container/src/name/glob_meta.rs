use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// A pattern stands beside a name that it would match.
    id: "blob.name.glob-meta",
    title: "characters of patterns match nothing but themselves",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "BLOB-NAME-3"],
}

const NAMES: &[&str] = &[
    "*", "a", "?", "b", "[a]", "c", "[ab]", "aa", "_", "d", "{a,b}", "ab", "a*", "abc", "a?", "ac",
    "**", "ad", "a_", "ae", "*a", "ba", "[!a]", "e", "[^a]", "f", "a**", "abcd", ".*", "h", "^a$",
    "i",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
