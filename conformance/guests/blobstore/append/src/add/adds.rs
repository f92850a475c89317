use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

use crate::growth::grows;

case! {
    id: "blob.append.adds",
    title: "append adds behind what put, copy, move and append wrote, and leaves the rest of the object as it is",
    clauses: ["BLOB-APPEND-1", "BLOB-APPEND-2", "BLOB-APPEND-6"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let first = cx.random_bytes(1_000);
    let written = PutOptions {
        content_type: Some("text/log".to_owned()),
        metadata: vec![("of".to_owned(), "the log".to_owned())],
        ..options()
    };
    cx.ok(container.put_with("put", &first, written).await)?;
    cx.ok(container.copy("put", &container, "copied").await)?;
    cx.ok(container.copy("put", &container, "old").await)?;
    cx.ok(container.r#move("old", &container, "moved").await)?;
    for name in ["put", "copied", "moved"] {
        grows(cx, &container, name, &first).await?;
    }
    // One did not grow with the other.
    let [put, copied] = [
        cx.ok(container.get("put").await)?,
        cx.ok(container.get("copied").await)?,
    ];
    cx.check(
        "BLOB-APPEND-1",
        "compare an object and its copy after appends to both",
    )
    .that(put != copied, "bytes of their own", &put)
}
