use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    id: "kv.list.page-zero",
    title: "a page size of zero is invalid, at the start of a list and further on",
    clauses: ["TYP-PAGE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 5);
    for present in [false, true] {
        if present {
            fill(cx, &store, &keys).await?;
        }
        for prefix in ["", "a", "b", &keys[0]] {
            cx.check("TYP-PAGE-1", "list with a page size of zero")
                .fails(
                    store.list(prefix, None, Some(0)).await,
                    Kind::InvalidArgument,
                )?;
        }
    }
    for prefix in ["", "a"] {
        let page = cx.ok(store.list(prefix, None, Some(2)).await)?;
        cx.check("TYP-PAGE-1", "list from a cursor with a page size of zero")
            .fails(
                store.list(prefix, page.cursor.as_deref(), Some(0)).await,
                Kind::InvalidArgument,
            )?;
    }
    Ok(())
}
