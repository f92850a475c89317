use conformance_kit::prelude::*;

use crate::listing::{Walk, clear, fill, some_keys};

case! {
    /// A guest that shows ten lines at a time would rather not ask five times.
    /// Deleted keys and keys of other lists are what makes pages short.
    id: "kv.list.page-full",
    title: "pages are as long as asked for while keys are left",
    clauses: ["KV-LIST-7"],
    level: Level::Should,
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = usize::try_from(cx.limit("kv.page.max-keys")?).unwrap_or(usize::MAX);
    let (keys, others) = (some_keys(cx, "a/", 31), some_keys(cx, "", 40));
    let gone = some_keys(cx, "a/", 20);
    fill(cx, &store, &others).await?;
    fill(cx, &store, &gone).await?;
    fill(cx, &store, &keys).await?;
    clear(cx, &store, &gone).await?;
    for (prefix, count) in [("a/", 31), ("", 71)] {
        for size in [1, 2, 7, 30, 31, 100] {
            let check = cx.check("KV-LIST-7", "read the next page of a list");
            let mut walk = Walk::new(prefix);
            while !walk.ended && walk.keys().len() < count {
                let left = count - walk.keys().len();
                walk.step(check, &store, Some(size as u32)).await?;
                let length = walk.pages.last().map_or(0, Vec::len);
                let expected = size.min(limit).min(left);
                check.that(length >= expected, "a full page", &length)?;
            }
        }
    }
    Ok(())
}
