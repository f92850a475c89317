use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    id: "blob.list.delimiter",
    title: "a delimiter puts one prefix in the place of all objects behind it, on every level",
    clauses: ["BLOB-LIST-4"],
}

const NAMES: [&str; 15] = [
    "a", "b", "a/1", "a/2", "a/b/1", "a/b/2", "a/b/c/1", "a/c/1", "b/1", "c/1/1", "c/1/2", "c/2/1",
    "d", "e/f/g/h", "z",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &NAMES).await?;
    let slash = Some("/");
    let lists = [
        "", "a/", "a/b/", "a/b/c/", "a/c/", "b/", "c/", "c/1/", "e/", "e/f/g/", "x/",
    ]
    .map(|prefix| (prefix, slash));
    listed_by(cx, "BLOB-LIST-4", &container, &NAMES, &lists).await?;
    // Without a delimiter the same prefixes stand for all that is behind them.
    listed_by(
        cx,
        "BLOB-LIST-4",
        &container,
        &NAMES,
        &lists.map(|(prefix, _)| (prefix, None)),
    )
    .await
}
