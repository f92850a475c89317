use conformance_kit::prelude::*;

use crate::listing::{Walk, among, clear, fill, some_keys};

case! {
    /// A list that goes backwards, or that looks for its place from the start,
    /// depends on other keys than the last one of the page.
    id: "kv.list.delete-neighbours",
    title: "the list goes on at its place when the first key of a page or the one behind it is deleted",
    clauses: ["TYP-PAGE-7", "KV-SESSION-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 12);
    for size in [2, 3, 5] {
        fill(cx, &store, &keys).await?;
        // What stands behind a page is known from a list before this one.
        let order = cx.all_keys(&store, "", Some(size)).await?;
        let mut walk = Walk::new("");
        let check = cx.check("TYP-PAGE-7", "read on when neighbours were deleted");
        walk.step(check, &store, Some(size)).await?;
        let seen = walk.keys();
        let next = order.iter().find(|key| !seen.contains(key));
        let gone: Vec<&String> = seen.first().into_iter().chain(next).collect();
        clear(cx, &store, &gone).await?;
        walk.finish(check, &store, keys.len(), || Some(size))
            .await?;
        let stayed: Vec<&String> = keys.iter().filter(|key| !gone.contains(key)).collect();
        check.keys(&among(&walk.keys(), &stayed), &stayed)?;
        let later = walk.pages[1..].concat();
        cx.check("KV-SESSION-3", "read on when neighbours were deleted")
            .keys(&among(&later, &gone), crate::listing::NONE)?;
    }
    Ok(())
}
