use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.quote-percent",
    title: "quotes and characters of URLs, shells and queries are literal",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 36] = [
    "\"", "'", "\"\"", "''", "a\"b", "a'b", "\"a\"", "a", "'a'", "`a`", "%", "%%", "+", " ", "#",
    "a#b", "a?b", "a?", "?", "&", "a&b", "a&amp;b", ">", "<", "|", ";", "a;b", "$", "$a", "${a}",
    "a=b", "a,b", "!", "^", "~", "~a",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
