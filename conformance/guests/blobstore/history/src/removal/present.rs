use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::written;

case! {
    id: "blob.history.delete-present",
    title: "the present state cannot be removed as an earlier one",
    clauses: ["BLOB-DELETEVERSION-3", "TYP-ERR-6"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for number in 0..2 {
        let state = written(cx, &container, "object", number).await?;
        let removed = history::delete(&container, "object", &state.info.version).await;
        cx.check(
            "BLOB-DELETEVERSION-3",
            "delete-version of the present state",
        )
        .fails(removed, Kind::PreconditionFailed)?;
        cx.check("TYP-ERR-6", "get after the refusal")
            .value(container.get("object").await, &state.bytes)?;
        let listed = history::all(cx, &container, "object", None).await?;
        cx.check("TYP-ERR-6", "the states after the refusal")
            .equal(listed.len(), number + 1)?;
    }
    Ok(())
}
