use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.random",
    title: "random ranges are the pieces of the object's bytes",
    clauses: ["BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = written(cx, &container, 250_000).await?;
    for round in 0..200 {
        let offset = cx.random_below(bytes.len() as u64);
        // Of every order of magnitude.
        let length = 1 + cx.random_below(1 << (1 + round % 18));
        let range = (offset, Some(length));
        covers(cx, "BLOB-GET-5", &container, &bytes, range).await?;
    }
    Ok(())
}
