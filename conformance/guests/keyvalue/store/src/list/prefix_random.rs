use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    /// Few characters and short keys, so that most keys are the start of others.
    id: "kv.list.prefix-random",
    title: "lists by random prefixes agree with a comparison of bytes",
    clauses: ["KV-LIST-2"],
}

const CHARACTERS: [char; 8] = ['a', 'b', 'B', '/', '\0', 'é', '\u{e8}', '😀'];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let text = |least: u64| -> String {
        let length = least + cx.random_below(4);
        let character = |_| CHARACTERS[cx.random_below(8) as usize];
        (0..length).map(character).collect()
    };
    let distinct = |count: usize, least| -> Vec<String> {
        let mut texts: Vec<String> = (0..count).map(|_| text(least)).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    let keys = distinct(60, 1);
    fill(cx, &store, &keys).await?;
    listed_by(cx, "KV-LIST-2", &store, &keys, &distinct(30, 0)).await
}
