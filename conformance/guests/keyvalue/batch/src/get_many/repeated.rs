use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::FLOOR;

case! {
    id: "kv.batch.get.repeated",
    title: "get-many returns a key that stands in the input several times in each of those places",
    clauses: ["KV-GETMANY-3", "KV-GETMANY-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let value = cx.random_bytes(30);
    cx.ok(store.set("a", &value).await)?;
    cx.ok(store.set("b", b"").await)?;
    let (a, b) = (Some(value), Some(Vec::new()));
    // Each place in the input says which key stands there.
    for pattern in [
        "aa", "aba", "abab", "aaabbb", "cc", "cac", "abcabc", "bcccccb", "acbbca",
    ] {
        for times in [1, FLOOR / pattern.len()] {
            let input = pattern.repeat(times);
            let keys: Vec<&str> = input.split("").filter(|key| !key.is_empty()).collect();
            let expected: Vec<_> = keys
                .iter()
                .map(|key| match *key {
                    "a" => a.clone(),
                    "b" => b.clone(),
                    _ => None,
                })
                .collect();
            let message = format!("get-many of {input}");
            let values = batch::get_many(&store, &keys).await;
            let values = cx.check("KV-GETMANY-1", &message).ok(values)?;
            cx.check("KV-GETMANY-3", &message).equal(values, expected)?;
        }
    }
    Ok(())
}
