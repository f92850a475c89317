use conformance_kit::prelude::*;

use crate::listing::{Walk, expected, fill, lines, some_names};

case! {
    id: "blob.list.cursor-reused",
    title: "a cursor that is used a second time continues the list from its place or is invalid",
    clauses: ["TYP-PAGE-8"],
    level: Level::May,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = some_names(cx, "a/", 9);
    fill(cx, &container, &names).await?;
    for delimiter in [None, Some(".")] {
        let mut walk = Walk::new("a/", delimiter);
        let check = cx.check("TYP-PAGE-8", "use a cursor a second time");
        walk.step(check, &container, Some(2)).await?;
        let Some(cursor) = walk.cursor().map(str::to_owned) else {
            return check.that(false, "a cursor while items are left", &walk.lines());
        };
        let mut seen = walk.lines();
        // To the end of the list once, so that the first use is long over.
        walk.finish(check, &container, names.len(), || Some(2))
            .await?;
        let mut listed = container
            .list("a/", delimiter, Some(&cursor), Some(3))
            .await;
        if let Err(Error::InvalidArgument(_)) = listed {
            cx.note("a cursor can be used once");
            continue;
        }
        cx.note("a cursor can be used again");
        loop {
            let page = check.ok(listed)?;
            seen.extend(lines(&page.items));
            let Some(cursor) = page.cursor else {
                break;
            };
            check.that(seen.len() < 20, "an end of the list", &seen)?;
            listed = container
                .list("a/", delimiter, Some(&cursor), Some(3))
                .await;
        }
        check.keys(&seen, &expected(&names, "a/", delimiter))?;
    }
    Ok(())
}
