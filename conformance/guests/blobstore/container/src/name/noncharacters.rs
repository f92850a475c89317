use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.noncharacters",
    title: "code points without a character are accepted and kept",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

const NAMES: &[&str] = &[
    "\u{fffe}",
    "\u{ffff}",
    "\u{fffd}",
    "\u{fdd0}",
    "\u{1fffe}",
    "\u{10ffff}",
    "\u{10fffe}",
    "\u{e000}",
    "\u{f8ff}",
    "\u{f0000}",
    "\u{d7ff}",
    "\u{fff9}",
    "\u{e0001}",
    "\u{378}",
    "?",
    "a\u{ffff}",
    "a\u{ffff}b",
    "a",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{feff}a",
    "a\u{feff}",
    "\u{80}",
    "\u{85}",
    "\u{9f}",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
