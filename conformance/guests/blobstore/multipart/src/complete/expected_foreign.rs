use crate::sending::{NAME, begin_upload, send};
use blobstore::{Precondition, foreign_versions, multipart};
use conformance_kit::prelude::*;

case! {
    /// The bytes are the same in every state, and in the parts: only versions differ.
    id: "blob.multipart.expected-foreign",
    title: "complete that expects what is no version of the object, or one that it had, fails and changes nothing",
    clauses: ["BLOB-COND-2", "TYP-VER-4"],
    requires: ["blob.multipart"],
    timeout_s: 60,
}

const BYTES: &[u8] = b"the same";

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let elsewhere = cx.second_container().await?;
    let other = cx.ok(container.put("other", BYTES).await)?;
    let elsewhere = cx.ok(elsewhere.put(NAME, BYTES).await)?;
    let first = cx.ok(container.put(NAME, BYTES).await)?;
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 1, BYTES).await?;
    let second = cx.ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
    let present = cx.ok(container.put(NAME, BYTES).await)?;

    let mut foreign = foreign_versions(cx, &present);
    foreign.extend([other, elsewhere]);
    // Versions are of one object each: another one's may be the same text.
    foreign.retain(|text| ![&first, &second, &present].contains(&text));
    let foreign = foreign.into_iter().map(|text| ("TYP-VER-4", text));
    let earlier = [first, second].map(|version| ("BLOB-COND-2", version));
    for (clause, expected) in foreign.chain(earlier) {
        let message = format!("complete that expects {}", expected.shown());
        let upload = begin_upload(cx, &container).await?;
        let parts = [send(cx, &container, &upload, 1, BYTES).await?];
        let expected = Some(Precondition::Version(expected));
        let complete = multipart::complete_if(&container, NAME, &upload, &parts, expected);
        cx.check(clause, &message)
            .fails(complete.await, Kind::PreconditionFailed)?;
        cx.ok(multipart::abort(&container, NAME, &upload).await)?;
    }
    let left = cx.info(&container, NAME).await?;
    cx.check("BLOB-COND-2", "head after completions that failed")
        .equal(left.version, present)
}
