use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_keys};

case! {
    id: "kv.list.order-page-sizes",
    title: "the order of a list is the same in pages of 1 to 10 keys",
    clauses: ["KV-LIST-6"],
    requires: ["kv.list.ordered"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = some_keys(cx, "k", 21);
    fill(cx, &store, &keys).await?;
    keys.sort_unstable();
    for size in 1..=10 {
        let message = format!("read an ordered list in pages of {size}");
        let check = cx.check("KV-LIST-6", &message);
        let pages = read(check, &store, "k", keys.len(), || Some(size)).await?;
        check.equal(pages.concat(), keys.clone())?;
    }
    Ok(())
}
