use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    id: "blob.list.prefix-metacharacters",
    title: "characters that stand for others in patterns stand for themselves in a prefix",
    clauses: ["BLOB-LIST-2"],
}

const NAMES: [&str; 17] = [
    "a", "ab", "a*", "a*b", "*", "**", "a%", "%", "a_b", "_", "a?", "?", "a\\", "\\*", "[a]",
    "a.b", "{a}",
];

const PREFIXES: [&str; 20] = [
    "*", "a*", "**", "%", "a%", "_", "a_", "?", "a?", "\\", "a\\", "\\*", "[", "[a]", "[a-z]", ".",
    "a.", ".*", "{", "{a,b}",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &NAMES).await?;
    let lists = PREFIXES.map(|prefix| (prefix, None));
    listed_by(cx, "BLOB-LIST-2", &container, &NAMES, &lists).await
}
