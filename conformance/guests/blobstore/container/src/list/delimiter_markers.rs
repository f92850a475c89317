use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    /// Programs write `a/` to have a folder; it is an object like any other.
    id: "blob.list.delimiter-markers",
    title: "objects that end in the delimiter, and the one named like the prefix, are listed",
    clauses: ["BLOB-LIST-4"],
}

const NAMES: [&str; 11] = [
    "a/", "a/b", "/", "//", "///", "b/", "b", "c//", "c/", "a", "d//e",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &NAMES).await?;
    let lists = [
        "", "a/", "a", "/", "//", "///", "b", "b/", "c/", "c//", "d/", "d//",
    ]
    .map(|prefix| (prefix, Some("/")));
    listed_by(cx, "BLOB-LIST-4", &container, &NAMES, &lists).await
}
