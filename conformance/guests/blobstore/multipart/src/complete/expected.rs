use crate::sending::{NAME, begin_upload, send};
use blobstore::Precondition;
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.expected",
    title: "complete happens only if the object is in the expected state",
    clauses: ["BLOB-COMPLETE-6", "BLOB-COND-1", "BLOB-COND-2"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = cx.ok(container.put(NAME, b"old").await)?;
    let present = cx.ok(container.put(NAME, b"present").await)?;
    for (wrong, message) in [
        (
            Precondition::Absent,
            "complete expecting a present object to be absent",
        ),
        (
            Precondition::Version(old),
            "complete expecting an old version",
        ),
    ] {
        let upload = begin_upload(cx, &container).await?;
        let part = send(cx, &container, &upload, 1, b"refused").await?;
        let complete =
            multipart::complete_if(&container, NAME, &upload, &[part], Some(wrong)).await;
        cx.check("BLOB-COMPLETE-6", message)
            .fails(complete, Kind::PreconditionFailed)?;
        cx.check("BLOB-COND-2", "get after a refused complete")
            .value(container.get(NAME).await, b"present")?;
    }
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 1, b"replaced").await?;
    let expected = Some(Precondition::Version(present));
    let complete = multipart::complete_if(&container, NAME, &upload, &[part], expected).await;
    let version = cx
        .check("BLOB-COND-1", "complete expecting the present version")
        .ok(complete)?;
    cx.check("BLOB-COND-1", "get after complete")
        .value(container.get(NAME).await, b"replaced")?;

    // Absent: no version holds any longer.
    cx.ok(container.delete(NAME).await)?;
    for (expected, holds) in [
        (Precondition::Version(version), false),
        (Precondition::Absent, true),
    ] {
        let upload = begin_upload(cx, &container).await?;
        let part = send(cx, &container, &upload, 1, b"created").await?;
        let complete =
            multipart::complete_if(&container, NAME, &upload, &[part], Some(expected)).await;
        if holds {
            cx.check(
                "BLOB-COND-1",
                "complete expecting an absent object to be absent",
            )
            .ok(complete)?;
        } else {
            cx.check(
                "BLOB-COMPLETE-6",
                "complete expecting a version of an absent object",
            )
            .fails(complete, Kind::PreconditionFailed)?;
            cx.check("BLOB-COND-2", "get after a refused complete")
                .none(container.get(NAME).await)?;
        }
    }
    cx.check("BLOB-COND-1", "get of the object that complete created")
        .value(container.get(NAME).await, b"created")
}
