use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.slash",
    title: "slashes are part of a name, and every number of them is another",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "BLOB-NAME-3"],
}

const NAMES: &[&str] = &[
    "a/b", "/a/b", "a", "a/", "/a", "//a", "a//b", "a///b", "a//", "/", "//", "///", "b", "a/b/",
    "/b", "ab",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
