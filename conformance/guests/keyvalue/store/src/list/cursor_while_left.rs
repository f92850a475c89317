use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys, some_size};

case! {
    id: "kv.list.cursor-while-left",
    title: "a page has a cursor as long as keys are left, and the last page has none",
    clauses: ["TYP-PAGE-4", "TYP-PAGE-5"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for (prefix, count) in [("a/", 1), ("b/", 2), ("c/", 7), ("d/", 25)] {
        fill(cx, &store, &some_keys(cx, prefix, count)).await?;
    }
    for (prefix, count) in [("a/", 1), ("b/", 2), ("c/", 7), ("d/", 25), ("", 35)] {
        for size in [
            Some(1),
            some_size(cx, 8),
            Some(count - 1),
            Some(count),
            None,
        ] {
            let check = cx.check("TYP-PAGE-4", "read the next page of a list");
            let mut walk = Walk::new(prefix);
            // A page size of zero is another case.
            let size = size.map(|size| size.max(1));
            while !walk.ended {
                walk.step(check, &store, size).await?;
                let seen = walk.keys().len();
                check.that(
                    !walk.ended || seen >= count as usize,
                    "a cursor while keys are left",
                    &walk.keys(),
                )?;
                let most = count as usize + 2;
                let check = cx.check("TYP-PAGE-5", "read a list to its end");
                check.that(
                    walk.ended || walk.pages.len() < most,
                    "no cursor at the end of the list",
                    &walk.pages.len(),
                )?;
            }
        }
    }
    Ok(())
}
