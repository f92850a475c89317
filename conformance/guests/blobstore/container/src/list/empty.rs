use conformance_kit::prelude::*;

use crate::listing::{NONE, clear, fill, read, some_names};

case! {
    id: "blob.list.empty",
    title: "a container without a matching object lists nothing, before and after it had objects",
    clauses: ["BLOB-LIST-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = some_names(cx, "a/", 7);
    for round in 0..3 {
        if round == 1 {
            fill(cx, &container, &names).await?;
        }
        if round == 2 {
            clear(cx, &container, &names).await?;
        }
        // None of the objects matches the last prefix.
        let prefixes: &[&str] = if round == 1 { &["b"] } else { &["", "a/", "b"] };
        for prefix in prefixes {
            for delimiter in [None, Some("/")] {
                for size in [None, Some(1), Some(u32::MAX)] {
                    let check = cx.check("BLOB-LIST-3", "list where no object matches");
                    let walk = read(check, &container, prefix, delimiter, 0, || size).await?;
                    check.keys(&walk.lines(), NONE)?;
                }
            }
        }
    }
    Ok(())
}
