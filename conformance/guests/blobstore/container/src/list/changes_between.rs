use conformance_kit::prelude::*;

use crate::listing::{Walk, among, clear, fill, some_names};

case! {
    /// The changes are made right before and right behind every place at which the
    /// list may stand.
    id: "blob.list.changes-between",
    title: "objects that come, go and change between pages make the list skip and repeat no other",
    clauses: ["TYP-PAGE-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (size, delimiter) in [(1, None), (2, None), (3, Some("#")), (4, None)] {
        let prefix = format!("{size}/");
        let stay = some_names(cx, &prefix, 12);
        let gone = some_names(cx, &prefix, 8);
        fill(cx, &container, &stay).await?;
        fill(cx, &container, &gone).await?;
        let mut walk = Walk::new(&prefix, delimiter);
        let check = cx.check("TYP-PAGE-7", "read a list that changes between its pages");
        // Deleted: what was listed before.
        walk.step(check, &container, Some(size)).await?;
        clear(cx, &container, &among(&walk.names(), &gone)).await?;
        // Added: on both sides of the last item, and of all others.
        walk.step(check, &container, Some(size)).await?;
        let last = walk.names().pop().into_iter().collect::<Vec<_>>();
        beside(cx, &container, &last).await?;
        walk.step(check, &container, Some(size)).await?;
        beside(cx, &container, &stay).await?;
        // Overwritten: all that stay.
        walk.step(check, &container, Some(size)).await?;
        fill(cx, &container, &stay).await?;
        // Deleted: the others, listed or not.
        walk.step(check, &container, Some(size)).await?;
        clear(cx, &container, &gone).await?;
        walk.finish(check, &container, 80, || Some(size)).await?;
        check.keys(&among(&walk.names(), &stay), &stay)?;
    }
    Ok(())
}

/// Adds objects right before and right behind each of `names`.
async fn beside(cx: &Context, container: &Container, names: &[String]) -> Outcome {
    let mut added = Vec::new();
    for name in names {
        let start = name.trim_end_matches('.');
        added.extend([[start, "-"], [name, "\0"], [name, "~"]].map(|parts| parts.concat()));
    }
    fill(cx, container, &added).await
}
