use blobstore::conditional_delete::delete_if;
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, written};

case! {
    id: "blob.history.delete-if",
    title: "a state that a conditional deletion removes is kept as an earlier one",
    clauses: [
        "BLOB-HISTORY-1",
        "BLOB-HISTORY-2",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
        "BLOB-DELETE-IF-2",
    ],
    requires: ["blob.history", "blob.conditional-delete"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states = Vec::new();
    for number in 0..3 {
        let state = written(cx, &container, "object", number).await?;
        cx.ok(delete_if(&container, "object", &state.info.version).await)?;
        cx.check("BLOB-HISTORY-2", "get after a conditional deletion")
            .none(container.get("object").await)?;
        states.push(state);
        are_kept(cx, &container, "object", &states).await?;
    }
    // An earlier state is not one that the object has.
    let earlier = delete_if(&container, "object", &states[0].info.version);
    cx.check("BLOB-DELETE-IF-2", "delete-if by an earlier version")
        .fails(earlier.await, Kind::PreconditionFailed)?;
    are_kept(cx, &container, "object", &states).await
}
