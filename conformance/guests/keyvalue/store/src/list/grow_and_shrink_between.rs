use conformance_kit::prelude::*;

use crate::listing::{Walk, among, clear, fill, some_keys, some_size};

case! {
    /// A hash table that grows and shrinks moves every key to another place.
    id: "kv.list.grow-and-shrink-between",
    title: "hundreds of keys that come and go between pages hide and repeat none of those that stay",
    clauses: ["TYP-PAGE-7"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 16);
    let crowd = some_keys(cx, "", 300);
    fill(cx, &store, &keys).await?;
    let mut walk = Walk::new("");
    let check = cx.check("TYP-PAGE-7", "read a list while it grows and shrinks");
    walk.step(check, &store, Some(3)).await?;
    fill(cx, &store, &crowd).await?;
    walk.step(check, &store, Some(2)).await?;
    walk.step(check, &store, Some(100)).await?;
    let started_full = {
        let mut walk = Walk::new("");
        walk.step(check, &store, Some(10)).await?;
        walk
    };
    clear(cx, &store, &crowd).await?;
    for mut walk in [walk, started_full] {
        walk.finish(check, &store, 500, || some_size(cx, 5)).await?;
        check.keys(&among(&walk.keys(), &keys), &keys)?;
    }
    Ok(())
}
