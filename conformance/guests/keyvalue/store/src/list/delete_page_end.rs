use conformance_kit::prelude::*;

use crate::listing::{Walk, clear, fill, some_keys};

case! {
    /// The last key of a page is the one that its cursor is likely to name.
    id: "kv.list.delete-page-end",
    title: "the list goes on at its place when the last key of each page is deleted",
    clauses: ["TYP-PAGE-7"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for size in [1, 2, 3, 6] {
        let prefix = format!("{size}/");
        let keys = some_keys(cx, &prefix, 14);
        fill(cx, &store, &keys).await?;
        let mut walk = Walk::new(&prefix);
        let check = cx.check("TYP-PAGE-7", "read on when the last key was deleted");
        while !walk.ended {
            walk.step(check, &store, Some(size)).await?;
            check.that(walk.pages.len() < 17, "an end of the list", &walk.keys())?;
            clear(cx, &store, walk.keys().last().as_slice()).await?;
        }
        check.keys(&walk.keys(), &keys)?;
    }
    Ok(())
}
