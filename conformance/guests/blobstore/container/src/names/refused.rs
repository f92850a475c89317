use conformance_kit::prelude::*;

use crate::listing::{NONE, fill, filled, name_limit, some_names};

case! {
    id: "blob.names.refused",
    title: "a prefix that is too long ends the stream without names and with the error of list",
    clauses: ["BLOB-NAMES-4", "BLOB-NAMES-3", "BLOB-NAMES-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    let longest = filled('x', limit);
    let mut names = some_names(cx, "", 6);
    names.push(longest.clone());
    for present in [false, true] {
        if present {
            fill(cx, &container, &names).await?;
        }
        for prefix in [
            filled('x', limit + 1),
            filled('é', limit + 2),
            cx.random_text(limit + 500),
        ] {
            let (streamed, end) = container.names(&prefix).collect().await;
            cx.check("BLOB-NAMES-4", "read a stream by a prefix that is too long")
                .keys(&streamed, NONE)?;
            cx.check("BLOB-NAMES-3", "wait for the end of a stream that failed")
                .fails(end, Kind::TooLarge(limit as u64))?;
        }
    }
    let (streamed, end) = container.names(&longest).collect().await;
    let check = cx.check("BLOB-NAMES-1", "read a stream by the longest prefix");
    check.ok(end)?;
    check.keys(&streamed, &[longest])
}
