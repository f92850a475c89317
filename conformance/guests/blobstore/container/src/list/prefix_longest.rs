use conformance_kit::prelude::*;

use crate::listing::{fill, filled, listed_by, name_limit};

case! {
    id: "blob.list.prefix-longest",
    title: "a prefix may be as long as a name, and is refused when it is longer",
    clauses: ["BLOB-LIST-5", "BLOB-LIST-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    let names = ['x', 'é', '😀'].map(|character| filled(character, limit));
    fill(cx, &container, &names).await?;
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
