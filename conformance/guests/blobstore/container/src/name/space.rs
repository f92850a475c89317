use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.space",
    title: "blanks and tabs count, wherever they stand in a name",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "TYP-TEXT-1"],
}

const NAMES: &[&str] = &[
    " ",
    "  ",
    "a",
    " a",
    "a ",
    " a ",
    "a  ",
    "a b",
    "a  b",
    "ab",
    "\t",
    "a\t",
    "\ta",
    "a\tb",
    "\u{a0}",
    "a\u{a0}",
    "\u{2003}a",
    "\u{3000}",
    "a/ b",
    "a/b",
    "a /b",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
