use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, shuffle, some_keys};

case! {
    /// A list in the order of the last writes is turned over by them.
    id: "kv.list.overwrite-between",
    title: "overwriting all keys between pages makes the list skip and repeat none",
    clauses: ["TYP-PAGE-7"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = some_keys(cx, "", 11);
    fill(cx, &store, &keys).await?;
    for size in [1, 2, 4, 10] {
        let mut walk = Walk::new("");
        let check = cx.check("TYP-PAGE-7", "read a list while its keys are overwritten");
        while !walk.ended {
            walk.step(check, &store, Some(size)).await?;
            check.that(walk.pages.len() < 14, "an end of the list", &walk.keys())?;
            shuffle(cx, &mut keys);
            // One at a time: their order is the point.
            for key in &keys {
                let value = cx.random_bytes(walk.pages.len() * 100);
                cx.ok(store.set(key, &value).await)?;
            }
        }
        check.keys(&walk.keys(), &keys)?;
    }
    Ok(())
}
