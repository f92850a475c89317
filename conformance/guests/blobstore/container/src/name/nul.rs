use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// What ends at U+0000 makes one name of many.
    id: "blob.name.nul",
    title: "U+0000 is part of a name and does not end it",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

const NAMES: &[&str] = &[
    "a\0b", "a", "a\0", "a\0\0", "a\0c", "\0", "\0\0", "\0a", "\0b", "\0\0\0", "ab", "a\0b\0",
    "\\0", "\\u0000", "\u{2400}", "\u{fffd}", "0",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
