use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_size};

case! {
    id: "kv.list.order-random",
    title: "random keys of few characters come in the order of their bytes, with any prefix",
    clauses: ["KV-LIST-6"],
    requires: ["kv.list.ordered"],
}

const CHARACTERS: [char; 10] = [
    '\0',
    '/',
    'a',
    'b',
    'B',
    '\u{7f}',
    '\u{80}',
    'é',
    '\u{ffff}',
    '\u{10000}',
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let text = |_| -> String {
        let length = 1 + cx.random_below(6);
        let character = |_| CHARACTERS[cx.random_below(10) as usize];
        (0..length).map(character).collect()
    };
    let mut keys: Vec<String> = (0..90).map(text).collect();
    fill(cx, &store, &keys).await?;
    keys.sort_unstable();
    keys.dedup();
    for prefix in ["", "a", "b", "\0", "é", "\u{10000}"] {
        let mut expected = keys.clone();
        expected.retain(|key| key.starts_with(prefix));
        for most in [4, 50] {
            let check = cx.check("KV-LIST-6", "read an ordered list by prefix");
            let pages = read(check, &store, prefix, keys.len(), || some_size(cx, most)).await?;
            check.equal(pages.concat(), expected.clone())?;
        }
    }
    Ok(())
}
