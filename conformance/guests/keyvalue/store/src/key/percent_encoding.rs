use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// A provider that encodes keys must encode its own escape too.
    id: "kv.key.percent-encoding",
    title: "what looks like an encoded character is not decoded, and not the same encoded",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 27] = [
    "%2F", "/", "%2f", "a%2Fb", "a/b", "%41", "A", "%25", "%", "%2541", "%00", "\0", "%20", " ",
    "+", "a+b", "a b", "a%20b", "%C3%A9", "\u{e9}", "%u00e9", "=2F", "_2F", "&#47;", "%zz", "%2",
    "\\x41",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
