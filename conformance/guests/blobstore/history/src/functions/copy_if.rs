use blobstore::Precondition;
use blobstore::conditional_copy::copy_if;
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, seen, version_of, written};

case! {
    id: "blob.history.copy-if",
    title: "what a conditional copy overwrites is an earlier state, and a refused one leaves none",
    clauses: [
        "BLOB-HISTORY-1",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
        "BLOB-COPY-IF-4",
    ],
    requires: ["blob.history", "blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let source = written(cx, &container, "source", 5).await?;
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
    are_kept(cx, &container, "object", &states).await?;
    are_kept(cx, &container, "source", &[source]).await
}
