use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys};

case! {
    id: "kv.list.cursor-reused",
    title: "a cursor that is used a second time continues the list from its place or is invalid",
    clauses: ["TYP-PAGE-8"],
    level: Level::May,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 9);
    fill(cx, &store, &keys).await?;
    for (first, size) in [(2, 2), (4, 3), (1, 1), (3, 100)] {
        let mut walk = Walk::new("");
        let check = cx.check("TYP-PAGE-8", "use a cursor a second time");
        walk.step(check, &store, Some(first)).await?;
        let Some(cursor) = walk.cursor().map(str::to_owned) else {
            return check.that(false, "a cursor while keys are left", &walk.keys());
        };
        let seen = walk.keys();
        // To the end of the list once, so that the first use is long over.
        walk.finish(check, &store, keys.len(), || Some(2)).await?;
        match store.list("", Some(&cursor), Some(size)).await {
            Err(Error::InvalidArgument(_)) => cx.note("a cursor can be used once"),
            other => {
                cx.note("a cursor can be used again");
                let mut page = check.ok(other)?;
                let mut rest = page.keys;
                while let Some(cursor) = page.cursor {
                    check.that(rest.len() < 20, "an end of the list", &rest)?;
                    page = check.ok(store.list("", Some(&cursor), Some(size)).await)?;
                    rest.extend(page.keys);
                }
                check.keys(&[seen, rest].concat(), &keys)?;
            }
        }
    }
    Ok(())
}
