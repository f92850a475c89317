use conformance_kit::prelude::*;

use crate::listing::{Walk, among, fill, some_keys};

case! {
    /// Before and behind every place at which the list may stand.
    id: "kv.list.insert-between",
    title: "keys that come between two pages make the list skip and repeat none of the others",
    clauses: ["TYP-PAGE-7"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for size in [1, 2, 3, 5] {
        let prefix = format!("{size}/");
        let keys = some_keys(cx, &prefix, 11);
        fill(cx, &store, &keys).await?;
        let mut walk = Walk::new(&prefix);
        let check = cx.check("TYP-PAGE-7", "read a list while keys are added");
        walk.step(check, &store, Some(size)).await?;
        // First beside the last key of the page, then beside all of them.
        let last = walk.keys().pop().unwrap_or_default();
        beside(cx, &store, &[last]).await?;
        walk.step(check, &store, Some(size)).await?;
        beside(cx, &store, &keys).await?;
        walk.finish(check, &store, 4 * keys.len(), || Some(size))
            .await?;
        check.keys(&among(&walk.keys(), &keys), &keys)?;
    }
    Ok(())
}

/// Adds keys right before and right behind each of `keys`.
async fn beside(cx: &Context, store: &Store, keys: &[String]) -> Outcome {
    let mut added = Vec::new();
    for key in keys {
        let start = key.trim_end_matches('.');
        added.extend([
            [start, "-"].concat(),
            [key, "\0"].concat(),
            [key, "~"].concat(),
        ]);
    }
    fill(cx, store, &added).await
}
