use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// Services advise against such names, and some clients trim them.
    id: "blob.name.trailing",
    title: "names may end in dots, in slashes and in both",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "BLOB-NAME-3"],
}

const NAMES: &[&str] = &[
    "a", "a.", "a..", "a/.", "a/..", "a./", "a../", "a/", "a//", "a.//", "a/./", "a. ", "a/ ", ".",
    "..", "...", "./", "../", "/.", "/..", ".a", "..a",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
