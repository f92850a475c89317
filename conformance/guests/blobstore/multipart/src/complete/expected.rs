use crate::sending::{NAME, begin_upload, entry, middle, received, send, texts};
use blobstore::{Precondition, PutOptions, is_described, multipart, options};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.expected",
    title: "complete happens only if the object is in the expected state",
    clauses: ["BLOB-COMPLETE-6", "BLOB-COMPLETE-7", "BLOB-COND-1", "BLOB-COND-2"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = cx.ok(container.put(NAME, b"old").await)?;
    let present = cx.ok(container.put(NAME, b"present").await)?;
    let bytes = [middle(cx)?, cx.random_bytes(10)];
    let described = PutOptions {
        content_type: Some("text/x-refused".to_owned()),
        metadata: vec![entry("of", "the upload")],
        ..options()
    };
    let mut refused = Vec::new();
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
        let content_type = described.content_type.as_deref();
        let metadata = described.metadata.clone();
        let upload = multipart::begin_with(&container, NAME, content_type, metadata);
        let upload = cx.ok(upload.await)?;
        // The first upload is the one that is completed: it has a part for the middle.
        let named = if refused.is_empty() {
            &bytes[..]
        } else {
            &bytes[1..]
        };
        let mut parts = Vec::new();
        for (number, bytes) in (1..).zip(named) {
            parts.push(send(cx, &container, &upload, number, bytes).await?);
        }
        send(cx, &container, &upload, 3, b"never named").await?;
        let before = received(cx, &container, &upload).await?;
        let complete = multipart::complete_if(&container, NAME, &upload, &parts, Some(wrong)).await;
        cx.check("BLOB-COMPLETE-6", message)
            .fails(complete, Kind::PreconditionFailed)?;
        cx.check("BLOB-COND-2", "get after a refused complete")
            .value(container.get(NAME).await, b"present")?;
        refused.push((upload, parts, before));
    }
    // Their uploads go on.
    for (upload, parts, before) in &refused {
        let is_as_before = async |message| {
            let has = multipart::parts(&container, NAME, upload).await;
            let check = cx.check("BLOB-COMPLETE-7", message);
            check.equal(texts(&check.ok(has)?), before.clone())
        };
        is_as_before("parts after a refused complete").await?;
        let absent = Some(Precondition::Absent);
        let complete = multipart::complete_if(&container, NAME, upload, parts, absent).await;
        cx.check("BLOB-COMPLETE-6", "complete again in the wrong state")
            .fails(complete, Kind::PreconditionFailed)?;
        is_as_before("parts after a second refused complete").await?;
    }
    let (upload, parts, _) = refused.remove(0);
    let expected = Some(Precondition::Version(present));
    let complete = multipart::complete_if(&container, NAME, &upload, &parts, expected).await;
    let version = cx
        .check("BLOB-COND-1", "complete expecting the present version")
        .ok(complete)?;
    cx.check(
        "BLOB-COMPLETE-7",
        "get after a complete that was refused twice",
    )
    .value(container.get(NAME).await, &bytes.concat())?;
    let message = "head after a complete that was refused twice";
    let check = cx.check("BLOB-COMPLETE-7", message);
    is_described(check, &container, NAME, &described).await?;

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
