use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read, some_names};

case! {
    /// One object more than most services put into a page, or than this one does.
    id: "blob.list.all",
    title: "a long list holds each object or prefix once, and no page more than blob.page.max-items of them",
    clauses: ["BLOB-LIST-1", "BLOB-LIST-4", "BLOB-LIST-11"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.page.max-items")?;
    let count = limit.min(1_000) as usize + 1;
    let names = some_names(cx, "", count);
    fill(cx, &container, &names).await?;
    let around = u32::try_from(limit).unwrap_or(u32::MAX);
    // Each name ends in a point and has no other: as many prefixes as objects.
    for (clause, delimiter, size) in [
        ("BLOB-LIST-1", None, None),
        ("BLOB-LIST-1", None, Some(u32::MAX)),
        ("BLOB-LIST-1", None, Some(around)),
        ("BLOB-LIST-1", None, Some(400)),
        ("BLOB-LIST-4", Some("."), None),
        ("BLOB-LIST-4", Some("."), Some(around)),
    ] {
        let check = cx.check(clause, "read a long list");
        let walk = read(check, &container, "", delimiter, count, || size).await?;
        check.keys(&walk.lines(), &expected(&names, "", delimiter))?;
        let longest = walk.pages.iter().map(Vec::len).max().unwrap_or(0);
        cx.check("BLOB-LIST-11", "read a long list").that(
            longest as u64 <= limit,
            "no more items in a page than blob.page.max-items",
            &longest,
        )?;
    }
    Ok(())
}
