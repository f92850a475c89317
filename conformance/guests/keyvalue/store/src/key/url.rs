use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.url",
    title: "a key that looks like an address keeps its query, its fragment and its case",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 19] = [
    "http://a/b",
    "http://a/b?c",
    "http://a/b#d",
    "http://a/b?c#d",
    "HTTP://A/b",
    "http:/a/b",
    "http://a/b/",
    "http://a:80/b",
    "http://u@a/b",
    "//a/b",
    "a?",
    "a",
    "a#",
    "a?b",
    "a?b=1&c=2",
    "a?c=2&b=1",
    "file:///etc/passwd",
    "/etc/passwd",
    "data:,a",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
