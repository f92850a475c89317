use conformance_kit::prelude::*;

use crate::apart::{apart, changed, name_limit};

case! {
    id: "blob.name.len-max",
    title: "names of exactly the greatest length, and of one byte less, are accepted and kept",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    let name = cx.random_text(limit);
    let names = [
        changed(&name, limit - 1, '0'),
        changed(&name, limit - 1, '1'),
        name[..limit - 1].to_owned(),
        changed(&name, 0, '0'),
        name[..limit - 2].to_owned(),
        changed(&name, limit / 2, '0'),
        name,
    ];
    apart(cx, &container, &names).await
}
