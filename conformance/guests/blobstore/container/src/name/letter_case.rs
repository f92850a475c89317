use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// Among them mappings that change a length, depend on the language, or are not
    /// their own inverse.
    id: "blob.name.case",
    title: "names that differ in the case of letters alone are different names",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "TYP-TEXT-1"],
}

const NAMES: &[&str] = &[
    "name", "NAME", "Name", "namE", "a", "A", "z", "Z", "x[", "x{", "X[", "X{", "a/Sub", "A/sub",
    "\u{e9}", "\u{c9}", "\u{df}", "ss", "SS", "\u{1e9e}", "\u{3c3}", "\u{3c2}", "\u{3a3}", "i",
    "\u{130}", "\u{131}", "I", "k", "\u{212a}", "K", "\u{436}", "\u{416}",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
