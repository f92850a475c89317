use conformance_kit::prelude::*;

use crate::listing::{NONE, Walk, clear, fill, some_keys};

case! {
    id: "kv.list.delete-rest",
    title: "a list ends without error when everything behind a page, or all of it, is deleted",
    clauses: ["TYP-PAGE-7", "KV-SESSION-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let others = ["A", "~"];
    fill(cx, &store, &others).await?;
    for everything in [false, true] {
        for size in [1, 4] {
            let keys = some_keys(cx, "key-", 10);
            fill(cx, &store, &keys).await?;
            let mut walk = Walk::new("key-");
            let check = cx.check("TYP-PAGE-7", "read on when the rest was deleted");
            walk.step(check, &store, Some(size)).await?;
            let seen = walk.keys();
            let gone: Vec<&String> = keys
                .iter()
                .filter(|key| everything || !seen.contains(key))
                .collect();
            clear(cx, &store, &gone).await?;
            walk.finish(check, &store, keys.len(), || Some(size))
                .await?;
            cx.check("KV-SESSION-3", "read on when the rest was deleted")
                .keys(&walk.pages[1..].concat(), NONE)?;
            clear(cx, &store, &keys).await?;
        }
    }
    let listed = cx.all_keys(&store, "", Some(1)).await?;
    cx.check("TYP-PAGE-7", "read a list of what was not deleted")
        .keys(&listed, &others)
}
