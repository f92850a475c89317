use conformance_kit::prelude::*;

use crate::listing::{Walk, among, clear, fill, shuffle, some_keys, some_size};

case! {
    id: "kv.list.changes",
    title: "keys that stay are listed exactly once whatever happens to the others between pages",
    clauses: ["TYP-PAGE-7", "KV-LIST-1"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "k", 20);
    let mut others = some_keys(cx, "k", 20);
    fill(cx, &store, &keys).await?;
    for _ in 0..6 {
        let mut walk = Walk::new("k");
        let check = cx.check("TYP-PAGE-7", "read a list while other keys change");
        while !walk.ended {
            walk.step(check, &store, some_size(cx, 6)).await?;
            check.that(
                walk.pages.len() < 200,
                "an end of the list",
                &walk.pages.len(),
            )?;
            shuffle(cx, &mut others);
            clear(cx, &store, &others[..4]).await?;
            fill(cx, &store, &others[2..8]).await?;
        }
        check.keys(&among(&walk.keys(), &keys), &keys)?;
        let known = [keys.clone(), others.clone()].concat();
        let foreign: Vec<String> = walk.keys();
        let foreign: Vec<&String> = foreign.iter().filter(|key| !known.contains(key)).collect();
        cx.check("KV-LIST-1", "read a list while other keys change")
            .keys(&[], &foreign)?;
    }
    Ok(())
}
