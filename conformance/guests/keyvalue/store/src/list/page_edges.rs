use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_keys};

case! {
    /// Whether the list goes on is easily misjudged where a page is just full.
    id: "kv.list.page-edges",
    title: "pages of one key less, as many and one more than there are hold every key once",
    clauses: ["KV-LIST-1", "TYP-PAGE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let others = ["A", "a", "m0", "z", "~"];
    fill(cx, &store, &others).await?;
    let keys = some_keys(cx, "m/", 8);
    for count in 1..=keys.len() {
        cx.ok(store.set(&keys[count - 1], b"").await)?;
        lists_all(cx, &store, &keys[..count]).await?;
    }
    for first in 1..keys.len() {
        cx.ok(store.delete(&keys[first - 1]).await)?;
        lists_all(cx, &store, &keys[first..]).await?;
    }
    Ok(())
}

async fn lists_all(cx: &Context, store: &Store, keys: &[String]) -> Outcome {
    let count = keys.len() as u32;
    for size in [count - 1, count, count + 1] {
        if size == 0 {
            continue;
        }
        let check = cx.check("KV-LIST-1", "read a list in pages of about its length");
        let pages = read(check, store, "m/", keys.len(), || Some(size)).await?;
        check.keys(&pages.concat(), keys)?;
        for page in pages {
            cx.check("TYP-PAGE-2", "read a page").that(
                page.len() <= size as usize,
                "no more keys than the page size",
                &page,
            )?;
        }
    }
    Ok(())
}
