use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{keeps, sized};

case! {
    id: "blob.data.one-piece",
    title: "megabytes can be written in one go",
    clauses: ["BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 8 << 20);
    keeps(cx, &container, "unsized", &bytes, blobstore::options()).await?;
    keeps(cx, &container, "sized", &bytes, sized(bytes.len())).await
}
