use blobstore::atomic_move::rename;
use blobstore::{Precondition, history};
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, seen, written};

case! {
    /// A rename can leave the bytes where they are, under a mark of the old name.
    id: "blob.history.delete-renamed",
    title: "a state that a rename left behind can be removed, and what has the new name stays whole",
    clauses: [
        "BLOB-DELETEVERSION-4",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
    ],
    requires: ["blob.history", "blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for expected in [None, Some(Precondition::Absent)] {
        let name = format!("new-{}", expected.is_some());
        let old = written(cx, &container, "old", 60).await?;
        cx.ok(rename(&container, "old", &name, expected).await)?;
        let new = seen(cx, &container, &name, old.bytes.clone()).await?;
        cx.ok(history::delete(&container, "old", &old.info.version).await)?;
        cx.check(
            "BLOB-DELETEVERSION-4",
            "get of the new name after delete-version of the old one",
        )
        .value(container.get(&name).await, &new.bytes)?;
        are_kept(cx, &container, &name, &[new]).await?;
        are_kept(cx, &container, "old", &[]).await?;
    }
    Ok(())
}
