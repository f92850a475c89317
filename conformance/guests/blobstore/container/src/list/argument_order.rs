use conformance_kit::prelude::*;

use crate::listing::{fill, filled, name_limit};

case! {
    id: "blob.list.argument-order",
    title: "of several bad arguments of list the first decides: prefix, delimiter, cursor, page size",
    clauses: ["TYP-ERR-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &["a", "b"]).await?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    let long = filled('x', limit + 1);
    let (large, invalid) = (Kind::TooLarge(limit as u64), Kind::InvalidArgument);
    for (prefix, delimiter, cursor, kind) in [
        (long.as_str(), None, None, large),
        (&long, None, Some("noise"), large),
        (&long, Some(""), None, large),
        (&long, Some(""), Some("noise"), large),
        ("", Some(""), Some("noise"), invalid),
        ("", Some(long.as_str()), None, large),
        ("", Some(&long), Some("noise"), large),
        ("", None, Some("noise"), invalid),
    ] {
        for size in [None, Some(0)] {
            let listed = container.list(prefix, delimiter, cursor, size).await;
            cx.check("TYP-ERR-8", "list with several bad arguments")
                .fails(listed, kind)?;
        }
    }
    Ok(())
}
