use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read, some_names, some_size};

case! {
    id: "blob.list.page-sizes",
    title: "pages hold no more than asked for and lead on while items are left, in every size",
    clauses: ["TYP-PAGE-2", "TYP-PAGE-4", "TYP-PAGE-10"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = some_names(cx, "a", 9);
    names.extend(["b", "c"].iter().flat_map(|folder| {
        // Two prefixes in the place of six objects.
        some_names(cx, &format!("{folder}/"), 3)
    }));
    fill(cx, &container, &names).await?;
    for (delimiter, count) in [(None, 15), (Some("/"), 11)] {
        let expected = expected(&names, "", delimiter);
        for size in [1, 2, 3, 5, count - 1, count, count + 1] {
            let most = Some(size as u32);
            let check = cx.check("TYP-PAGE-4", "read a list in pages");
            let walk = read(check, &container, "", delimiter, count, || most).await?;
            check.keys(&walk.lines(), &expected)?;
            let longest = walk.pages.iter().map(Vec::len).max().unwrap_or(0);
            cx.check("TYP-PAGE-2", "read a list in pages").that(
                longest <= size,
                "no more items than asked for",
                &longest,
            )?;
        }
        for most in [2, 6, 20] {
            let check = cx.check("TYP-PAGE-10", "read a list in pages of changing sizes");
            let size = || some_size(cx, most);
            let walk = read(check, &container, "", delimiter, count, size).await?;
            check.keys(&walk.lines(), &expected)?;
        }
    }
    Ok(())
}
