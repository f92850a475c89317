use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.middle",
    title: "a range delivers pieces of the middle, odd and even",
    clauses: ["BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = written(cx, &container, 70_001).await?;
    for piece in [
        (1, 1),
        (1, 69_999),
        (7, 13),
        (100, 1_000),
        (4_095, 2),
        (4_096, 4_096),
        (65_535, 1),
        (65_535, 2),
        (65_536, 100),
    ] {
        let piece = (piece.0, Some(piece.1));
        covers(cx, "BLOB-GET-5", &container, &bytes, piece).await?;
    }
    Ok(())
}
