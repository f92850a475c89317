use conformance_kit::prelude::*;

use crate::listing::{Walk, among, clear, fill, some_keys};

case! {
    id: "kv.list.recreate-between",
    title: "keys that are deleted and written again between pages disturb no other key",
    clauses: ["TYP-PAGE-7"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for size in [1, 2, 4] {
        let prefix = format!("{size}/");
        let keys = some_keys(cx, &prefix, 12);
        fill(cx, &store, &keys).await?;
        let mut walk = Walk::new(&prefix);
        let check = cx.check(
            "TYP-PAGE-7",
            "read on when a page was deleted and written again",
        );
        let mut touched = Vec::new();
        for _ in 0..2 {
            walk.step(check, &store, Some(size)).await?;
            let page = walk.pages.last().cloned().unwrap_or_default();
            clear(cx, &store, &page).await?;
            fill(cx, &store, &page).await?;
            touched.extend(page);
        }
        // Those may come again: they were not in the list throughout.
        let most = keys.len() + touched.len();
        walk.finish(check, &store, most, || Some(size)).await?;
        let stayed: Vec<&String> = keys.iter().filter(|key| !touched.contains(key)).collect();
        check.keys(&among(&walk.keys(), &stayed), &stayed)?;
    }
    Ok(())
}
