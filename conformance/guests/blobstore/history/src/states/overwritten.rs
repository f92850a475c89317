use conformance_kit::prelude::*;

use crate::states_of::{Seen, are_kept, seen, version_of, written};
use blobstore::{PutOptions, options};

case! {
    id: "blob.history.overwritten",
    title: "every state that was overwritten can be read, whichever function wrote it",
    clauses: ["BLOB-HISTORY-1", "BLOB-VERSIONS-1", "BLOB-VERSIONS-3", "BLOB-GETVERSION-1"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states: Vec<Seen> = Vec::new();
    for number in 0..3 {
        states.push(written(cx, &container, "object", number).await?);
    }
    let bytes = cx.random_bytes(20);
    let replaces = PutOptions {
        expected: states.last().and_then(version_of),
        ..options()
    };
    cx.ok(container.put_with("object", &bytes, replaces).await)?;
    states.push(seen(cx, &container, "object", bytes).await?);
    let source = written(cx, &container, "source", 8).await?;
    cx.ok(container.copy("source", &container, "object").await)?;
    states.push(seen(cx, &container, "object", source.bytes.clone()).await?);
    let moved = written(cx, &container, "moved", 9).await?;
    cx.ok(container.r#move("moved", &container, "object").await)?;
    states.push(seen(cx, &container, "object", moved.bytes.clone()).await?);
    are_kept(cx, &container, "object", &states).await?;
    // A copy writes one state and a move leaves the one behind that it took away.
    are_kept(cx, &container, "source", &[source]).await?;
    are_kept(cx, &container, "moved", &[moved]).await
}
