use blobstore::{Precondition, multipart};
use conformance_kit::prelude::*;

use crate::states_of::{Seen, are_kept, seen, version_of, written};

case! {
    id: "blob.history.complete",
    title: "what a completed upload overwrites is an earlier state, and its parts are none",
    clauses: ["BLOB-HISTORY-1", "BLOB-VERSIONS-1", "BLOB-VERSIONS-3", "BLOB-GETVERSION-1", "BLOB-COMPLETE-6"],
    requires: ["blob.history", "blob.multipart"],
}

/// Writes the object by an upload of one part.
async fn uploaded(
    cx: &Context,
    container: &Container,
    expected: Option<Precondition>,
) -> Result<Seen, Stop> {
    let bytes = cx.random_bytes(30);
    let metadata = vec![("by".to_owned(), "upload".to_owned())];
    let begin = multipart::begin_with(container, "object", Some("text/x-upload"), metadata);
    let upload = cx.ok(begin.await)?;
    let parts = [cx.ok(multipart::put_part(container, "object", &upload, 1, &bytes).await)?];
    let complete = multipart::complete_if(container, "object", &upload, &parts, expected);
    cx.ok(complete.await)?;
    seen(cx, container, "object", bytes).await
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states = vec![written(cx, &container, "object", 0).await?];
    states.push(uploaded(cx, &container, None).await?);
    let expected = states.last().and_then(version_of);
    states.push(uploaded(cx, &container, expected).await?);
    are_kept(cx, &container, "object", &states).await?;

    // One whose condition does not hold leaves none.
    let upload = cx.ok(multipart::begin(&container, "object").await)?;
    let parts = [cx.ok(multipart::put_part(&container, "object", &upload, 1, b"refused").await)?];
    let earlier = states.first().and_then(version_of);
    let complete = multipart::complete_if(&container, "object", &upload, &parts, earlier);
    cx.check(
        "BLOB-COMPLETE-6",
        "complete that expects an earlier version",
    )
    .fails(complete.await, Kind::PreconditionFailed)?;
    cx.ok(multipart::abort(&container, "object", &upload).await)?;
    are_kept(cx, &container, "object", &states).await?;

    cx.ok(container.delete("object").await)?;
    states.push(uploaded(cx, &container, Some(Precondition::Absent)).await?);
    are_kept(cx, &container, "object", &states).await
}
