use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_names};

case! {
    id: "blob.list.page-zero",
    title: "a page size of zero is invalid, at the start of a list and further on",
    clauses: ["TYP-PAGE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let check = cx.check("TYP-PAGE-1", "list with a page size of zero");
    for prefix in ["", "a"] {
        for delimiter in [None, Some("/")] {
            let listed = container.list(prefix, delimiter, None, Some(0)).await;
            check.fails(listed, Kind::InvalidArgument)?;
        }
    }
    fill(cx, &container, &some_names(cx, "a/", 4)).await?;
    for delimiter in [None, Some(".")] {
        let mut walk = Walk::new("a/", delimiter);
        walk.step(check, &container, Some(2)).await?;
        for cursor in [None, walk.cursor()] {
            let listed = container.list("a/", delimiter, cursor, Some(0)).await;
            check.fails(listed, Kind::InvalidArgument)?;
        }
    }
    Ok(())
}
