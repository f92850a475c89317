use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys, streamed_by};

case! {
    id: "kv.keys.prefix",
    title: "a stream by prefix delivers the keys that start with it and no others",
    clauses: ["KV-KEYS-1"],
}

const CHARACTERS: [char; 8] = ['a', 'b', '/', '*', '%', '\0', 'é', '\u{10ffff}'];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let text = |least: u64| -> String {
        let character = |_| CHARACTERS[cx.random_below(8) as usize];
        (0..least + cx.random_below(4)).map(character).collect()
    };
    let mut keys = some_keys(cx, "key-", 20);
    keys.extend((0..40).map(|_| text(1)));
    keys.sort_unstable();
    keys.dedup();
    fill(cx, &store, &keys).await?;
    let mut prefixes: Vec<String> = (0..20).map(|_| text(0)).collect();
    prefixes.extend(["", "key-", "key", "ey-", "KEY-"].map(str::to_owned));
    prefixes.extend_from_slice(&keys[..10]);
    streamed_by(cx, "KV-KEYS-1", &store, &keys, &prefixes).await
}
