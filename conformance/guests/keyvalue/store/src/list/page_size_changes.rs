use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys, some_size};

case! {
    id: "kv.list.page-size-changes",
    title: "each page may have a size of its own, which no page exceeds",
    clauses: ["TYP-PAGE-10", "TYP-PAGE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "", 45);
    fill(cx, &store, &keys).await?;
    for round in 0..6_u32 {
        let mut walk = Walk::new("");
        while !walk.ended {
            let size = match walk.pages.len() as u32 {
                // Growing, shrinking, from one to all, from all but one to one.
                pages if round == 0 => Some(pages + 1),
                pages if round == 1 => Some(9_u32.saturating_sub(pages).max(1)),
                0 if round == 2 => Some(1),
                0 if round == 3 => Some(44),
                _ if round == 3 => Some(1),
                _ if cx.random_below(8) == 0 => None,
                _ => some_size(cx, 9),
            };
            let check = cx.check("TYP-PAGE-10", "read a page of another size");
            walk.step(check, &store, size).await?;
            check.that(walk.pages.len() < 48, "an end of the list", &walk.keys())?;
            if let (Some(size), Some(page)) = (size, walk.pages.last()) {
                cx.check("TYP-PAGE-2", "read a page of another size").that(
                    page.len() <= size as usize,
                    "no more keys than the page size",
                    page,
                )?;
            }
        }
        cx.check("TYP-PAGE-10", "read a list in pages of several sizes")
            .keys(&walk.keys(), &keys)?;
    }
    Ok(())
}
