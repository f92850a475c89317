use blobstore::{foreign_versions, history};
use conformance_kit::prelude::*;

use crate::states_of::{can_be_read, twice, written};

case! {
    id: "blob.history.unknown",
    title: "a version that no state of the object has is neither read nor removed",
    clauses: ["BLOB-GETVERSION-1", "BLOB-GETVERSION-2", "BLOB-DELETEVERSION-2", "BLOB-DELETEVERSION-4", "TYP-VER-4"],
    requires: ["blob.history"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let state = written(cx, &container, "object", 0).await?;
    let [earlier, other] = twice(cx, &container, "other").await?;
    let version = &state.info.version;
    let mut noise = foreign_versions(cx, version);
    noise.extend(["latest".to_owned(), earlier.info.version.clone()]);
    noise.push(other.info.version);
    // Versions are of one object each: another one's may be the same text.
    noise.retain(|text| text != version);
    for unknown in &noise {
        let found = history::begin_get(&container, "object", unknown, None).await;
        cx.check("BLOB-GETVERSION-2", "get-version of an unknown version")
            .none(found)?;
        let removed = history::delete(&container, "object", unknown).await;
        cx.check(
            "BLOB-DELETEVERSION-2",
            "delete-version of an unknown version",
        )
        .ok(removed)?;
    }
    let removed = history::delete(&container, "never", version).await;
    cx.check(
        "BLOB-DELETEVERSION-2",
        "delete-version of what was never there",
    )
    .ok(removed)?;
    for (name, states) in [("object", 1), ("other", 2)] {
        let kept = history::all(cx, &container, name, None).await?;
        cx.check(
            "BLOB-DELETEVERSION-4",
            "states after deletions of unknown ones",
        )
        .equal(kept.len(), states)?;
    }
    can_be_read(cx, &container, "other", &earlier).await
}
