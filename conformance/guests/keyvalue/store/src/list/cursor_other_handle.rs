use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys};

case! {
    id: "kv.list.cursor-other-handle",
    title: "a list goes on through any handle of its store, also when the first was dropped",
    clauses: ["TYP-PAGE-9"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let older = cx.store().await?;
    let keys = some_keys(cx, "key", 12);
    fill(cx, &store, &keys).await?;
    for prefix in ["", "key"] {
        let mut walk = Walk::new(prefix);
        let check = cx.check("TYP-PAGE-9", "read on through another handle");
        let first = cx.store().await?;
        walk.step(check, &first, Some(2)).await?;
        walk.step(check, &older, Some(2)).await?;
        walk.step(check, &first, Some(1)).await?;
        drop(first);
        walk.step(check, &store, Some(1)).await?;
        for _ in 0..keys.len() {
            let fresh = cx.store().await?;
            walk.step(check, &fresh, Some(1)).await?;
        }
        walk.finish(check, &store, keys.len(), || Some(1)).await?;
        check.keys(&walk.keys(), &keys)?;
    }
    Ok(())
}
