use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read};

case! {
    /// The objects behind a prefix fill several pages; others stand right before and
    /// behind them, whatever `/` is taken for in the order of names.
    id: "blob.list.delimiter-pages",
    title: "over pages of any size each prefix comes once, and so does each object",
    clauses: ["BLOB-LIST-4", "TYP-PAGE-7"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names: Vec<String> = ["t", "t-", "t.", "t0", "tt", "u", "\u{10ffff}", "s/"]
        .map(str::to_owned)
        .to_vec();
    for folder in ["s", "t", "t-", "t0", "t\u{10ffff}"] {
        names.extend((0..12).map(|number| format!("{folder}/{number}")));
        names.extend((0..6).map(|number| format!("{folder}/{number}/{number}")));
    }
    // Behind what may be taken for the last name of the folder.
    let last = ["\u{10ffff}", "\u{10ffff}x", "\u{10ffff}\u{10ffff}"];
    names.extend(last.map(|last| ["t/", last].concat()));
    fill(cx, &container, &names).await?;
    for prefix in ["", "t", "t/", "s/"] {
        let expected = expected(&names, prefix, Some("/"));
        for size in 1..=10 {
            let message = format!("read a divided list in pages of {size}");
            let clause = ["BLOB-LIST-4", "TYP-PAGE-7"][size % 2];
            let check = cx.check(clause, &message);
            let (size, items) = (Some(size as u32), expected.len());
            let walk = read(check, &container, prefix, Some("/"), items, || size).await?;
            check.keys(&walk.lines(), &expected)?;
        }
    }
    Ok(())
}
