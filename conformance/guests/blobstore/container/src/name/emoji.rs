use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// A provider that stores fewer than four bytes a character turns some of them
    /// into one.
    id: "blob.name.emoji",
    title: "characters of four bytes and joined ones are kept",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "TYP-TEXT-1"],
}

const NAMES: &[&str] = &[
    "\u{1f600}",
    "\u{1f601}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{1f468}\u{1f469}\u{1f467}",
    "\u{2764}",
    "\u{2764}\u{fe0f}",
    "\u{1f44d}",
    "\u{1f44d}\u{1f3fd}",
    "\u{1f1e9}\u{1f1ea}",
    "\u{1f1e9}",
    "a\u{1f600}b",
    "ab",
    "\u{1d54f}",
    "X",
    "\u{20000}",
    "\u{20001}",
    "?",
    "??",
    "\u{fffd}",
    "\u{fffd}\u{fffd}",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
