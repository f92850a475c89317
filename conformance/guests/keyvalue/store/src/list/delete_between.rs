use conformance_kit::prelude::*;

use crate::listing::{Walk, clear, fill, some_keys, some_size};

case! {
    /// A list that counts how far it came loses as many keys as were deleted.
    id: "kv.list.delete-between",
    title: "deleting the keys of each page before the next is read leaves the rest of the list whole",
    clauses: ["TYP-PAGE-7", "KV-SESSION-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..4 {
        let keys = some_keys(cx, "key-", 13);
        fill(cx, &store, &keys).await?;
        let mut walk = Walk::new("key-");
        let check = cx.check("TYP-PAGE-7", "read a list whose earlier pages are deleted");
        while !walk.ended {
            let size = if round == 0 {
                Some(1)
            } else {
                some_size(cx, 4)
            };
            walk.step(check, &store, size).await?;
            check.that(walk.pages.len() < 16, "an end of the list", &walk.keys())?;
            if let Some(page) = walk.pages.last() {
                clear(cx, &store, page).await?;
            }
        }
        check.keys(&walk.keys(), &keys)?;
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check(
            "KV-SESSION-3",
            "read a list after all its keys were deleted",
        )
        .keys(&listed, crate::listing::NONE)?;
    }
    Ok(())
}
