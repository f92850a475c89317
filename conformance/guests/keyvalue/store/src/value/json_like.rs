use conformance_kit::prelude::*;

use crate::support::keeps_all;

case! {
    id: "kv.value.json-like",
    title: "a value that looks like a document is not parsed",
    clauses: ["KV-VALUE-1"],
}

const VALUES: [&str; 18] = [
    "{}",
    "[]",
    "\"\"",
    "\"a\"",
    "null",
    "true",
    "{ \"b\" : 1 , \"a\" : 2.0 }",
    "{\"a\":1,\"a\":2}",
    "[1,2,]",
    "{\"a\":",
    "\u{27}a\u{27}",
    "\"\\u0041\"",
    "a\\nb",
    "<a>&amp;</a>",
    "<?xml version=\"1.0\"?>\n<a/>",
    "a: 1\n",
    "a=b&c=d",
    "a,b\n\"c\"",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    keeps_all(cx, &store, &VALUES).await
}
