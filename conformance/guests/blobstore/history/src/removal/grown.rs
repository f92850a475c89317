use blobstore::append::append;
use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, seen, written};

case! {
    /// What was added can lie beside the bytes of before, which both states then need.
    id: "blob.history.delete-grown",
    title: "a state that is removed takes no bytes from what it grew to",
    clauses: [
        "BLOB-DELETEVERSION-4",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
    ],
    requires: ["blob.history", "blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    // The pieces of one that is large are not put together.
    for (name, size) in [("small", 7), ("large", 60_000)] {
        let first = written(cx, &container, name, size).await?;
        let mut bytes = first.bytes.clone();
        let mut states = vec![first];
        for _ in 0..2 {
            let more = cx.random_bytes(size);
            cx.ok(append(&container, name, &more, None).await)?;
            bytes.extend(more);
            states.push(seen(cx, &container, name, bytes.clone()).await?);
        }
        while states.len() > 1 {
            let earlier = states.remove(0);
            cx.ok(history::delete(&container, name, &earlier.info.version).await)?;
            cx.check(
                "BLOB-DELETEVERSION-4",
                "get of what a removed state grew to",
            )
            .value(container.get(name).await, &bytes)?;
            are_kept(cx, &container, name, &states).await?;
        }
    }
    Ok(())
}
