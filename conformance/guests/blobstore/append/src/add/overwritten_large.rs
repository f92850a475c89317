use blobstore::append::append;
use blobstore::settle;
use conformance_kit::prelude::*;

case! {
    /// To read so many bytes and to write them again with one more takes longer than the
    /// put in between.
    id: "blob.append.overwritten-large",
    title: "an append to 8 MiB never undoes a put that came while it was under way",
    clauses: ["BLOB-APPEND-1"],
    requires: ["blob.append"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const SIZE: usize = 8 << 20;
const TIMES: usize = 3;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut overlapped = 0;
    for _ in 0..TIMES {
        cx.ok(container.put("log", &cx.random_bytes(SIZE)).await)?;
        let adds = begin(append(&container, "log", b"+", None)).await;
        settle(cx).await;
        overlapped += u32::from(adds.in_flight());
        let written = container.put("log", b"meanwhile").await;
        let added = adds.finish().await;
        let check = cx.check("BLOB-APPEND-1", "append to an object that is put meanwhile");
        // Either of the two may be told to come again (BLOB-COND-6).
        let is_added = if matches!(added, Err(Error::Throttled(_))) {
            cx.note("an append that a put overlaps is throttled");
            false
        } else {
            check.ok(added)?;
            true
        };
        if matches!(written, Err(Error::Throttled(_))) {
            cx.note("a put that an append overlaps is throttled");
            continue;
        }
        cx.ok(written)?;
        // Before the put, the addition is overwritten with the rest.
        let left = cx.ok(container.get("log").await)?.unwrap_or_default();
        if !is_added || left != b"meanwhile+" {
            check.bytes(&left, b"meanwhile")?;
        }
    }
    cx.note(format!("{overlapped} of {TIMES} appends were in flight"));
    Ok(())
}
