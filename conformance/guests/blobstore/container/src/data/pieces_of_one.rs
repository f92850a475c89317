use conformance_kit::prelude::*;

use crate::support::put_pieces;

case! {
    id: "blob.data.pieces-of-one",
    title: "an object can be written one byte at a time",
    clauses: ["BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(10_000);
    let put = put_pieces(&container, "object", bytes.chunks(1), blobstore::options()).await;
    cx.check("BLOB-DATA-1", "put of bytes one by one").ok(put)?;
    cx.check("BLOB-DATA-1", "get of bytes that came one by one")
        .value(container.get("object").await, &bytes)
}
