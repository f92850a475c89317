use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    /// A delimiter of two characters may begin in the prefix: it counts only where all
    /// of it is behind.
    id: "blob.list.delimiter-in-prefix",
    title: "a delimiter within the prefix divides nothing, the first one behind it does",
    clauses: ["BLOB-LIST-4"],
}

const NAMES: [&str; 14] = [
    "a/b/c", "a/b/d", "a/b/c/e", "a/b", "a/bc", "a/bc/d", "a//b", "a///b", "a/", "a", "aab",
    "aaab", "aaaab", "a/b//c",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &NAMES).await?;
    let mut lists = Vec::new();
    for delimiter in ["/", "//", "a", "aa", "b/", "/b"] {
        for prefix in ["a/b/", "a/b", "a/", "a", "a//", "aa", "aaa", "a/b/c", "/"] {
            lists.push((prefix, Some(delimiter)));
        }
    }
    listed_by(cx, "BLOB-LIST-4", &container, &NAMES, &lists).await
}
