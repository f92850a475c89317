use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{Seen, are_kept, written};

case! {
    id: "blob.history.delete-of-deleted",
    title: "every state of a deleted object can be removed, the last one too, and stays gone",
    clauses: [
        "BLOB-DELETEVERSION-1",
        "BLOB-DELETEVERSION-4",
        "BLOB-HISTORY-2",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
    ],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let kept = [written(cx, &container, "other", 9).await?];
    let mut states: Vec<Seen> = Vec::new();
    for number in 0..4 {
        states.push(written(cx, &container, "object", number).await?);
    }
    cx.ok(container.delete("object").await)?;
    // That which was the present one, one in the middle, and the rest.
    for place in [3, 1, 0, 0] {
        let removed = states.remove(place);
        let version = &removed.info.version;
        let ended = history::delete(&container, "object", version).await;
        let check = cx.check("BLOB-DELETEVERSION-1", "delete-version of a deleted object");
        check.ok(ended)?;
        check.none(history::begin_get(&container, "object", version, None).await)?;
        let listed = history::all(cx, &container, "object", None).await?;
        let is_listed = listed.iter().any(|state| state.version == *version);
        check.that(!is_listed, "not the removed state", &listed.len())?;
        are_kept(cx, &container, "object", &states).await?;
        cx.check("BLOB-HISTORY-2", "get of the object, which stays deleted")
            .none(container.get("object").await)?;
    }
    // What is written next is the only state.
    states.push(written(cx, &container, "object", 5).await?);
    are_kept(cx, &container, "object", &states).await?;
    cx.check("BLOB-DELETEVERSION-4", "get of the other object")
        .value(container.get("other").await, &kept[0].bytes)?;
    are_kept(cx, &container, "other", &kept).await
}
