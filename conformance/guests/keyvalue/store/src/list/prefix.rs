use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by, some_keys};

case! {
    id: "kv.list.prefix",
    title: "a list by prefix holds the keys that start with it, itself included, and no others",
    clauses: ["KV-LIST-1", "KV-LIST-2", "KV-LIST-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let stem = cx.random_text(6);
    let mut keys = some_keys(cx, "", 4);
    keys.extend(some_keys(cx, &stem, 4));
    for end in ["", "a", "aa", "ab", "b", "/", "/a", "a/a", " ", "A", "\0"] {
        keys.push([&stem, end].concat());
    }
    // The prefix in other places, in other letters, in pieces.
    keys.extend([
        ["x", &stem].concat(),
        ["/", &stem].concat(),
        [" ", &stem].concat(),
    ]);
    keys.extend([
        stem.to_uppercase(),
        stem[1..].to_owned(),
        stem[..5].to_owned(),
    ]);
    fill(cx, &store, &keys).await?;
    let a = [&stem, "a"].concat();
    listed_by(cx, "KV-LIST-1", &store, &keys, &["", &stem, &a]).await?;
    // Every key as a prefix, so that each list holds at least one.
    listed_by(cx, "KV-LIST-2", &store, &keys, &keys).await?;
    let longer: Vec<String> = keys.iter().map(|key| [key, "nothing"].concat()).collect();
    listed_by(cx, "KV-LIST-3", &store, &keys, &longer).await
}
