use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    id: "kv.list.cursor-other-store",
    title: "a cursor is invalid in another store than it was issued for, also with the same keys in it",
    clauses: ["TYP-PAGE-6", "KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let stores = [
        cx.store().await?,
        cx.second_store().await?,
        cx.restricted_store().await?,
    ];
    let keys = some_keys(cx, "key", 5);
    for same_keys in [false, true] {
        for (place, store) in stores.iter().enumerate() {
            if place == 0 || same_keys {
                fill(cx, store, &keys).await?;
            }
        }
        for prefix in ["", "key"] {
            let page = cx.ok(stores[0].list(prefix, None, Some(2)).await)?;
            let Some(cursor) = page.cursor else {
                let check = cx.check("KV-LIST-1", "read a page of two keys");
                return check.that(false, "a cursor while keys are left", &page);
            };
            for other in &stores[1..] {
                cx.check("TYP-PAGE-6", "list from a cursor of another store")
                    .fails(
                        other.list(prefix, Some(&cursor), Some(2)).await,
                        Kind::InvalidArgument,
                    )?;
            }
            let rest = stores[0].list(prefix, Some(&cursor), Some(2)).await;
            let rest = cx.check("KV-LIST-1", "read on in its own store").ok(rest)?;
            let repeated = rest.keys.iter().any(|key| page.keys.contains(key));
            cx.check("KV-LIST-1", "read on in its own store").that(
                !repeated,
                "no key of the page before",
                &rest,
            )?;
        }
    }
    Ok(())
}
