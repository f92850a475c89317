use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.backslash",
    title: "a backslash is neither a slash nor an escape",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 20] = [
    "a\\b", "a/b", "\\a", "/a", "a\\", "a/", "a\\\\b", "..\\x", "../x", "\\n", "\n", "\\0", "\0",
    "\\", "\\\\", "a\\/b", "C:\\a", "C:/a", "\\u0041", "A",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
