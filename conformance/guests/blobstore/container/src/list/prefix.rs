use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    id: "blob.list.prefix",
    title: "a prefix may be a folder, a part of a word, a whole name, or one byte too long",
    clauses: ["BLOB-LIST-2", "BLOB-LIST-3"],
}

const NAMES: [&str; 14] = [
    "a", "ab", "abc", "abcd", "a/b", "a/bc", "a/b/c", "a/", "b", "ba", "b/a", "c/a/b", "c", "/a",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &NAMES).await?;
    let matching = [
        "", "a", "ab", "abc", "abcd", "a/", "a/b", "a/b/", "b", "c", "c/", "/", "/a",
    ];
    let lists: Vec<_> = matching.into_iter().map(|prefix| (prefix, None)).collect();
    listed_by(cx, "BLOB-LIST-2", &container, &NAMES, &lists).await?;
    let none = ["abcde", "a/b/c/", "bb", "a//", "//", "A", " ", "c/a/b/"];
    let lists: Vec<_> = none.into_iter().map(|prefix| (prefix, None)).collect();
    listed_by(cx, "BLOB-LIST-3", &container, &NAMES, &lists).await
}
