use conformance_kit::prelude::*;

use crate::listing::{Walk, expected, fill, some_names};

case! {
    id: "blob.list.cursor-other-handle",
    title: "a list goes on through any handle of the container, also when its first is gone",
    clauses: ["TYP-PAGE-9"],
}

async fn run(cx: &Context) -> Outcome {
    let names = some_names(cx, "a/", 12);
    fill(cx, &cx.container().await?, &names).await?;
    for delimiter in [None, Some(".")] {
        let mut walk = Walk::new("a/", delimiter);
        let check = cx.check("TYP-PAGE-9", "read each page through another handle");
        while !walk.ended && walk.pages.len() < names.len() + 2 {
            let container = cx.container().await?;
            walk.step(check, &container, Some(2)).await?;
        }
        check.keys(&walk.lines(), &expected(&names, "a/", delimiter))?;
    }
    Ok(())
}
