use blobstore::{Precondition, multipart};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, send};

case! {
    /// To put large parts together takes a while. What was compared before may not hold
    /// any more by then.
    id: "blob.multipart.complete-slow",
    title: "a conditional complete of large parts takes nothing from a write that came meanwhile",
    clauses: ["BLOB-COND-3", "BLOB-COMPLETE-6", "BLOB-UPLOAD-4"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
    timeout_s: 120,
}

/// The least size of each of the three parts.
const LEAST: u64 = 3 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let size = cx.limit("blob.part.min-bytes")?.max(LEAST);
    let bytes = cx.random_bytes(size as usize);
    for is_absent in [false, true] {
        // First of all: a write of the name may end an upload of it (BLOB-UPLOAD-4).
        let expected = if is_absent {
            cx.ok(container.delete(NAME).await)?;
            Precondition::Absent
        } else {
            Precondition::Version(cx.ok(container.put(NAME, b"before").await)?)
        };
        let upload = begin_upload(cx, &container).await?;
        let mut parts = Vec::new();
        for number in 1..=3 {
            parts.push(send(cx, &container, &upload, number, &bytes).await?);
        }
        let expected = Some(expected);
        let complete = multipart::complete_if(&container, NAME, &upload, &parts, expected);
        let complete = begin(complete).await;
        // To read the clock takes until the call has begun.
        for _ in 0..3 {
            cx.now().await;
        }
        let put = container.put(NAME, b"meanwhile").await;
        let check = cx.check("BLOB-COMPLETE-6", "complete while another write comes");
        match complete.finish().await {
            // Before the other write, or refused for its sake.
            Err(Error::PreconditionFailed) => {}
            Err(Error::NotFound) => cx.note("a put ends an upload that is being completed"),
            Err(Error::Throttled(_)) => cx.note("a complete that a put overlaps is throttled"),
            ended => drop(check.ok(ended)?),
        }
        // Either of the two may be told to come again (BLOB-COND-6).
        if matches!(put, Err(Error::Throttled(_))) {
            cx.note("a put that a complete overlaps is throttled");
            continue;
        }
        cx.ok(put)?;
        cx.check("BLOB-COND-3", "get after a put that came during complete")
            .value(container.get(NAME).await, b"meanwhile")?;
    }
    Ok(())
}
