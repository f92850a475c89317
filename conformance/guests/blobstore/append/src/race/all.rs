use blobstore::{append::append, patiently};
use conformance_kit::prelude::*;

case! {
    /// Each record is as long as its instance says, so that a mixture of two shows.
    actors: 6,
    id: "blob.append.race",
    title: "of six instances that append, each record is there once and in one piece",
    clauses: ["BLOB-APPEND-1", "BLOB-APPEND-5", "BLOB-APPEND-6"],
    requires: ["blob.append"],
    timeout_s: 60,
}

const EACH: usize = 20;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Letters of the instance, and the number of the record at their end.
fn record(index: u32, number: usize) -> Vec<u8> {
    let letter = b'a' + index as u8;
    let mut record = vec![letter; 200 + 300 * index as usize];
    record.extend(format!("{number:03};").bytes());
    record
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut ends = Vec::new();
    for number in 0..EACH {
        let bytes = record(index, number);
        // Another append of the object may have been faster (BLOB-COND-6).
        let added = async || append(&container, "log", &bytes, None).await;
        let appended = cx
            .check("BLOB-APPEND-5", "append beside others")
            .ok(patiently(cx, added).await)?;
        ends.push(appended.size.to_string());
    }
    Ok(ends)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let log = cx.ok(container.get("log").await)?.unwrap_or_default();
    let all: usize = (0..seen.len() as u32)
        .map(|index| EACH * record(index, 0).len())
        .sum();
    cx.check("BLOB-APPEND-5", "count the bytes of all records")
        .equal(log.len(), all)?;
    for (index, ends) in (0..).zip(seen) {
        for (number, end) in ends.iter().enumerate() {
            let expected = record(index, number);
            let end = end.parse().unwrap_or(0);
            let start = usize::saturating_sub(end, expected.len());
            // Where append said that it had added it.
            cx.check("BLOB-APPEND-6", "look behind the size that append returned")
                .that(end <= log.len(), "a place in the object", &end)?;
            cx.check("BLOB-APPEND-1", "read a record where it was added")
                .bytes(&log[start..end], &expected)?;
        }
    }
    Ok(())
}
