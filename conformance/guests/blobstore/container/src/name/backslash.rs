use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.backslash",
    title: "a backslash is neither a slash nor an escape",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "BLOB-NAME-3"],
}

const NAMES: &[&str] = &[
    "a\\b", "a/b", "\\a", "/a", "a\\", "a/", "a\\\\b", "..\\x", "../x", "\\n", "\n", "\\0", "\0",
    "\\", "\\\\", "a\\/b", "C:\\a", "C:/a", "\\u0041", "A",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
