use conformance_kit::prelude::*;

use crate::listing::{expected, fill, filled, listed_by, name_limit, read};

case! {
    /// Of some characters each takes several signs where a prefix or a place in the list
    /// is written as text.
    id: "blob.list.prefix-longest",
    title: "a prefix may be as long as a name, and is refused when it is longer; a list goes on behind such names",
    clauses: ["BLOB-LIST-5", "BLOB-LIST-7", "TYP-PAGE-4"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    let names = ['x', 'é', '😀', '\u{1}', '%'].map(|character| filled(character, limit));
    fill(cx, &container, &names).await?;
    for delimiter in [None, Some("/")] {
        // Each of them but the last is what a cursor stands behind.
        let check = cx.check("TYP-PAGE-4", "read a list of the longest names one by one");
        let walk = read(check, &container, "", delimiter, names.len(), || Some(1)).await?;
        check.keys(&walk.lines(), &expected(&names, "", delimiter))?;
    }
    for name in &names {
        let lists = [(name.as_str(), None), (name.as_str(), Some("/"))];
        listed_by(cx, "BLOB-LIST-5", &container, &names, &lists).await?;
        let longer = [name, "x"].concat();
        for delimiter in [None, Some("/")] {
            cx.check("BLOB-LIST-7", "list by a prefix that is too long")
                .fails(
                    container.list(&longer, delimiter, None, None).await,
                    Kind::TooLarge(limit as u64),
                )?;
        }
    }
    Ok(())
}
