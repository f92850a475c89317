use blobstore::Precondition;
use blobstore::conditional_copy::copy_if;
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, has_no_others, seen, twice, version_of, written};

case! {
    id: "blob.history.copy-if",
    title: "what a conditional copy overwrites is an earlier state, and a refused one leaves none",
    clauses: [
        "BLOB-HISTORY-1",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-2",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
        "BLOB-COPY-IF-4",
    ],
    requires: ["blob.history", "blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    // What it was before is no state of what is copied from it.
    let sources = twice(cx, &container, "source").await?;
    let [_, source] = &sources;
    let version = source.info.version.as_str();
    let mut states = vec![written(cx, &container, "object", 0).await?];
    for absent_before in [false, false, true] {
        let expected = if absent_before {
            cx.ok(container.delete("object").await)?;
            Some(Precondition::Absent)
        } else {
            states.last().and_then(version_of)
        };
        let copy = copy_if(
            &container,
            "source",
            Some(version),
            &container,
            "object",
            expected.clone(),
        );
        cx.ok(copy.await)?;
        states.push(seen(cx, &container, "object", source.bytes.clone()).await?);
        // What was expected holds no longer.
        let copy = copy_if(&container, "source", None, &container, "object", expected);
        cx.check("BLOB-COPY-IF-4", "copy-if expecting another state")
            .fails(copy.await, Kind::PreconditionFailed)?;
    }
    has_no_others(cx, &container, "object", &states).await?;
    are_kept(cx, &container, "object", &states).await?;
    are_kept(cx, &container, "source", &sources).await?;

    let absent = Some(Precondition::Absent);
    let copy = copy_if(&container, "source", None, &container, "fresh", absent);
    cx.ok(copy.await)?;
    let fresh = [seen(cx, &container, "fresh", source.bytes.clone()).await?];
    has_no_others(cx, &container, "fresh", &fresh).await?;
    are_kept(cx, &container, "fresh", &fresh).await
}
