use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// NFC, NFD, NFKC and the order of marks.
    id: "blob.name.nfc-nfd",
    title: "composed and decomposed spellings are different names",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "TYP-TEXT-1"],
}

const NAMES: &[&str] = &[
    "\u{e9}",
    "e\u{301}",
    "e",
    "\u{c5}",
    "A\u{30a}",
    "\u{212b}",
    "\u{ac00}",
    "\u{1100}\u{1161}",
    "\u{1e69}",
    "s\u{323}\u{307}",
    "s\u{307}\u{323}",
    "\u{1e63}\u{307}",
    "\u{3a9}",
    "\u{2126}",
    "\u{e9}/a",
    "e\u{301}/a",
    "\u{fb01}",
    "fi",
    "\u{bd}",
    "1\u{2044}2",
    "\u{ff41}",
    "a",
    "\u{2460}",
    "1",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
