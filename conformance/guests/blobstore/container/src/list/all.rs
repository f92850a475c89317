use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read, some_names};

case! {
    /// One object more than most services put into a page, or than this one does.
    id: "blob.list.all",
    title: "a long list holds each object once, and no page more than blob.page.max-items of them",
    clauses: ["BLOB-LIST-1", "BLOB-LIST-11"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.page.max-items")?;
    let count = limit.min(1_000) as usize + 1;
    let names = some_names(cx, "", count);
    fill(cx, &container, &names).await?;
    let around = u32::try_from(limit).unwrap_or(u32::MAX);
    for size in [None, Some(u32::MAX), Some(around), Some(400)] {
        let check = cx.check("BLOB-LIST-1", "read a long list");
        let walk = read(check, &container, "", None, count, || size).await?;
        check.keys(&walk.lines(), &expected(&names, "", None))?;
        let longest = walk.pages.iter().map(Vec::len).max().unwrap_or(0);
        cx.check("BLOB-LIST-11", "read a long list").that(
            longest as u64 <= limit,
            "no more items in a page than blob.page.max-items",
            &longest,
        )?;
    }
    Ok(())
}
