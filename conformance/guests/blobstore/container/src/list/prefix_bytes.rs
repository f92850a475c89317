use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    /// What a comparison of characters, and not of bytes, takes for equal.
    id: "blob.list.prefix-bytes",
    title: "a prefix differs from one of other case, other blanks or another normal form",
    clauses: ["BLOB-LIST-2"],
}

const NAMES: [&str; 22] = [
    "name-1",
    "Name-1",
    "NAME-1",
    " name-1",
    "name -1",
    "name\t-1",
    "é-1",
    "e\u{301}-1",
    "É-1",
    "e-1",
    "ß-1",
    "ss-1",
    "ﬁ-1",
    "fi-1",
    "Å-1",
    "\u{212b}-1",
    "İ-1",
    "i-1",
    "ı-1",
    "\0-1",
    "\0\0-1",
    "😀-1",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &NAMES).await?;
    let starts: Vec<&str> = NAMES
        .iter()
        .map(|name| name.strip_suffix("-1").unwrap_or(name))
        .collect();
    let lists: Vec<_> = starts.iter().map(|start| (*start, None)).collect();
    listed_by(cx, "BLOB-LIST-2", &container, &NAMES, &lists).await?;
    let divided: Vec<_> = starts.iter().map(|start| (*start, Some("-"))).collect();
    listed_by(cx, "BLOB-LIST-2", &container, &NAMES, &divided).await
}
