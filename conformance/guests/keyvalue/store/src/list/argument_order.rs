use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};
use crate::support::key_limit;

case! {
    id: "kv.list.argument-order",
    title: "of several arguments that are not acceptable the first is reported",
    clauses: ["TYP-ERR-8"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, &some_keys(cx, "", 3)).await?;
    let page = cx.ok(store.list("", None, Some(1)).await)?;
    let check = cx.check("TYP-ERR-8", "list with several unacceptable arguments");
    let cursors = [None, Some("garbage"), page.cursor.as_deref()];
    for cursor in cursors {
        let listed = store.list("", cursor, Some(0)).await;
        check.fails(listed, Kind::InvalidArgument)?;
        if let Some(limit) = key_limit(cx)? {
            let prefix = cx.random_text(limit + 1);
            for size in [None, Some(0), Some(1)] {
                let listed = store.list(&prefix, cursor, size).await;
                check.fails(listed, Kind::TooLarge(limit as u64))?;
            }
        }
    }
    Ok(())
}
