use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{Seen, can_be_read, sorted, versions, written};

case! {
    id: "blob.history.delete",
    title: "a state that is removed is gone, and every other stays",
    clauses: ["BLOB-DELETEVERSION-1", "BLOB-DELETEVERSION-4", "BLOB-GETVERSION-1"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states: Vec<Seen> = Vec::new();
    for number in 0..5 {
        states.push(written(cx, &container, "object", number).await?);
    }
    for place in [2, 0] {
        let removed = states.remove(place);
        let version = &removed.info.version;
        cx.ok(history::delete(&container, "object", version).await)?;
        let found = history::begin_get(&container, "object", version, None).await;
        cx.check("BLOB-DELETEVERSION-1", "get-version of a removed state")
            .none(found)?;
        let listed = history::all(cx, &container, "object", None).await?;
        cx.check("BLOB-DELETEVERSION-1", "list the states that are left")
            .that(
                listed.iter().all(|state| state.version != *version),
                "not the removed one",
                &listed,
            )?;
        let left = sorted(states.iter().map(|state| state.info.version.as_str()));
        cx.check("BLOB-DELETEVERSION-4", "list the states that are left")
            .keys(&versions(&listed), &left)?;
        for state in &states {
            can_be_read(cx, &container, "object", state).await?;
        }
    }
    let present = states.last().map_or(&[][..], |state| &state.bytes);
    cx.check("BLOB-DELETEVERSION-4", "get of the present state")
        .value(container.get("object").await, present)
}
