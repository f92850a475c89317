use conformance_kit::prelude::*;

use crate::listing::{Walk, clear, expected, fill, some_names};

case! {
    /// A guest that shows ten lines at a time would rather not ask five times.
    id: "blob.list.page-full",
    title: "pages are as long as asked for while items are left",
    clauses: ["BLOB-LIST-10"],
    level: Level::Should,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = usize::try_from(cx.limit("blob.page.max-items")?).unwrap_or(usize::MAX);
    let mut names = some_names(cx, "a/", 21);
    for folder in 0..8 {
        names.extend(some_names(cx, &format!("a/{folder}/"), 6));
    }
    names.extend(some_names(cx, "b", 20));
    let gone = some_names(cx, "a/", 20);
    fill(cx, &container, &gone).await?;
    fill(cx, &container, &names).await?;
    clear(cx, &container, &gone).await?;
    for (prefix, delimiter) in [("", None), ("a/", None), ("a/", Some("/"))] {
        let count = expected(&names, prefix, delimiter).len();
        for size in [1, 2, 7, 20, 100] {
            let check = cx.check("BLOB-LIST-10", "read the next page of a list");
            let mut walk = Walk::new(prefix, delimiter);
            while !walk.ended && walk.lines().len() < count {
                let left = count - walk.lines().len();
                walk.step(check, &container, Some(size as u32)).await?;
                let length = walk.pages.last().map_or(0, Vec::len);
                check.that(length >= size.min(limit).min(left), "a full page", &length)?;
            }
        }
    }
    Ok(())
}
