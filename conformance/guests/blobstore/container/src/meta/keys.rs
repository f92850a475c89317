use conformance_kit::prelude::*;

use crate::apart::each;
use crate::facts::keeps;

case! {
    /// Among them names of header fields that mean something to services.
    id: "blob.meta.keys",
    title: "keys of metadata have any of the forms that are allowed, and mean nothing",
    clauses: ["BLOB-META-1", "BLOB-META-2"],
    timeout_s: 30,
}

const KEYS: [&str; 30] = [
    "a",
    "z",
    "a0",
    "a-",
    "a--",
    "a--b",
    "a-b",
    "ab",
    "a9-",
    "content-type",
    "content-length",
    "content-encoding",
    "etag",
    "version",
    "size",
    "modified",
    "metadata",
    "name",
    "date",
    "expires",
    "host",
    "authorization",
    "x-amz-meta-a",
    "x-amz-acl",
    "x-goog-meta-a",
    "x-ms-meta-a",
    "x-ms-blob-type",
    "class",
    "null",
    "constructor",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let kept = each(&KEYS, |key| async {
        keeps(cx, "BLOB-META-2", &container, key, &[(key, "value")]).await
    });
    for kept in kept.await {
        kept?;
    }
    let mut long: Vec<String> = [63, 64, 64].map(|length| cx.random_text(length)).into();
    long.push(["a", &"-".repeat(63)].concat());
    long.push(["a", &"9".repeat(63)].concat());
    let all: Vec<(&str, &str)> = KEYS
        .into_iter()
        .chain(long.iter().map(String::as_str))
        .map(|key| (key, ""))
        .collect();
    // Less than the portable bound of all together.
    keeps(cx, "BLOB-META-1", &container, "all", &all).await
}
