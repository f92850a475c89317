use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    id: "kv.key.prefix-chain",
    title: "every beginning of a key is a key of its own",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // Beginnings that end in a slash, within a word and in a dot.
    let words: Vec<String> = (0..6).map(|_| cx.random_text(4)).collect();
    let path = words.join("/") + ".txt";
    let keys: Vec<&str> = (1..=path.len()).map(|end| &path[..end]).collect();
    apart(cx, &store, &keys).await
}
