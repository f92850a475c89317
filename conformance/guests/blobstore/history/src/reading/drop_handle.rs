use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::earlier;

case! {
    id: "blob.history.read-drop-handle",
    title: "a state that is being read comes to its end after the handle was dropped",
    clauses: ["BLOB-HANDLE-6", "BLOB-GETVERSION-1"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    for begun in [0, 1_000] {
        let container = cx.container().await?;
        let (version, bytes) = earlier(cx, &container, "object", 700_000).await?;
        let found = history::begin_get(&container, "object", &version, None).await;
        let mut content = cx
            .check("BLOB-GETVERSION-1", "get-version of an earlier state")
            .some(found)?;
        let first = content.read_exact(begun).await;
        drop(container);
        let check = cx.check("BLOB-HANDLE-6", "read on after the handle was dropped");
        check.bytes(&first, &bytes[..begun])?;
        check.delivers(content, &bytes[begun..]).await?;
    }
    Ok(())
}
