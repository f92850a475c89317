use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{Seen, are_kept, sorted, versions, written};

case! {
    id: "blob.history.other-container",
    title: "states of an object of another container with the same name are neither listed, nor read, nor removed",
    clauses: [
        "BLOB-HANDLE-3",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-2",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
        "BLOB-GETVERSION-2",
        "BLOB-DELETEVERSION-2",
        "BLOB-DELETEVERSION-4",
    ],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let containers = [cx.container().await?, cx.second_container().await?];
    let mut states: [Vec<Seen>; 2] = [Vec::new(), Vec::new()];
    // In turn, and the second one more often.
    for (number, place) in [0, 1, 0, 1, 1].into_iter().enumerate() {
        let state = written(cx, &containers[place], "object", number).await?;
        states[place].push(state);
    }
    // Another one of the first alone.
    let alone = written(cx, &containers[0], "alone", 5).await?;
    for is_deleted in [false, true] {
        if is_deleted {
            cx.ok(containers[1].delete("object").await)?;
        }
        for (container, own) in containers.iter().zip(&states) {
            let own = sorted(own.iter().map(|state| state.info.version.as_str()));
            let listed = history::all(cx, container, "object", None).await?;
            cx.check(
                "BLOB-VERSIONS-2",
                "list the states of one of two containers",
            )
            .keys(&versions(&listed), &own)?;
        }
    }
    let listed = history::all(cx, &containers[1], "alone", None).await?;
    cx.check(
        "BLOB-HANDLE-3",
        "count states of an object of another container",
    )
    .equal(listed.len(), 0)?;

    for (place, container) in containers.iter().enumerate() {
        let (own, others) = (&states[place], &states[1 - place]);
        for name in ["object", "alone"] {
            for version in others.iter().map(|state| &state.info.version) {
                // Versions are of one object each: another one's may be the same text.
                if own.iter().any(|state| state.info.version == *version)
                    || alone.info.version == *version
                {
                    continue;
                }
                let read = history::begin_get(container, name, version, None).await;
                cx.check(
                    "BLOB-GETVERSION-2",
                    "get-version of a state of another container",
                )
                .none(read)?;
                let removed = history::delete(container, name, version).await;
                cx.check(
                    "BLOB-DELETEVERSION-2",
                    "delete-version of a state of another container",
                )
                .ok(removed)?;
            }
        }
    }
    for (container, own) in containers.iter().zip(&states) {
        let listed = history::all(cx, container, "object", None).await?;
        cx.check("BLOB-DELETEVERSION-4", "count states after all that")
            .equal(listed.len(), own.len())?;
        are_kept(cx, container, "object", own).await?;
    }
    are_kept(cx, &containers[0], "alone", &[alone]).await
}
