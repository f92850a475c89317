use core::slice::from_ref;

use blobstore::{in_turn, multipart};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload};

case! {
    id: "blob.multipart.in-lockstep",
    title: "64 parts of one upload that are written in turn, a piece each, all go on",
    clauses: ["BLOB-STREAM-5", "BLOB-PART-3", "BLOB-PARTS-1", "BLOB-PART-1", "TYP-CALL-2"],
    requires: ["blob.multipart"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

const PARTS: u32 = 64;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let all: Vec<Vec<u8>> = (1..=PARTS)
        .map(|_| cx.random_bytes(in_turn::SIZE))
        .collect();
    let size = in_turn::SIZE as u64;
    let calls = (1..=PARTS)
        .map(|number| multipart::begin_part(&container, NAME, &upload, number, size))
        .collect();
    let mut sent = Vec::new();
    for part in in_turn::write(cx, calls, &all).await? {
        let check = cx.check("TYP-CALL-2", "put-part as one of 64 in flight");
        sent.push(check.ok(part)?);
    }
    let has = multipart::parts(&container, NAME, &upload).await;
    let check = cx.check("BLOB-PARTS-1", "parts after 64 at a time");
    let has = check.ok(has)?;
    check.equal(has.len(), sent.len())?;
    for (sent, received) in sent.iter().zip(&has) {
        check.equal(received.part.number, sent.number)?;
        check.equal(&received.part.tag, &sent.tag)?;
        check.equal(received.size, size)?;
    }
    // Behind the least size there is nothing to be said of others: one is enough.
    let (last, bytes) = (&sent[sent.len() - 1], &all[all.len() - 1]);
    let completed = multipart::complete(&container, NAME, &upload, from_ref(last)).await;
    cx.check("BLOB-PART-3", "complete with one of 64 parts")
        .ok(completed)?;
    cx.check("BLOB-PART-1", "get of one of 64 parts")
        .value(container.get(NAME).await, bytes)
}
