use conformance_kit::prelude::*;

use crate::listing::{fill, filled, name_limit};

case! {
    id: "blob.list.delimiter-refused",
    title: "the empty delimiter is invalid, and one longer than a name is too large",
    clauses: ["BLOB-LIST-6", "BLOB-LIST-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = name_limit(cx)?;
    for present in [false, true] {
        if present {
            fill(cx, &container, &["a", "a/b", "b"]).await?;
        }
        for prefix in ["", "a", "a/"] {
            for size in [None, Some(1)] {
                cx.check("BLOB-LIST-6", "list with the empty delimiter")
                    .fails(
                        container.list(prefix, Some(""), None, size).await,
                        Kind::InvalidArgument,
                    )?;
                let Some(limit) = limit else {
                    continue;
                };
                for long in [filled('/', limit + 1), filled('é', limit + 2)] {
                    cx.check("BLOB-LIST-7", "list with a delimiter that is too long")
                        .fails(
                            container.list(prefix, Some(&long), None, size).await,
                            Kind::TooLarge(limit as u64),
                        )?;
                }
            }
        }
    }
    Ok(())
}
