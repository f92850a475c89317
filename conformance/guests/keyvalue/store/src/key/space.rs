use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.space",
    title: "spaces at the start, at the end and within a key are part of it",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6", "TYP-TEXT-1"],
}

const KEYS: [&str; 15] = [
    "a", " a", "a ", "  a", "a  ", " a ", " ", "  ", "a b", "a  b", "ab", "\ta", "a\t", "\t",
    "a\tb",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
