use blobstore::multipart::{self, Part};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload};

case! {
    /// A service lists parts a thousand at a time.
    id: "blob.multipart.many-parts",
    title: "of more than a thousand parts all are listed, by ascending numbers, and the object has what is named of them",
    clauses: ["BLOB-PARTS-1", "BLOB-COMPLETE-1", "BLOB-COMPLETE-4"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
    timeout_s: 240,
}

const PARTS: u32 = 1_003;
/// More bytes than this are not sent for the sake of a number.
const MOST: u64 = 64 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let least = cx.limit("blob.part.min-bytes")?;
    // Where this is too much, parts that are too small for an object are listed all the
    // same, and one of them alone is the last.
    let has_room = least.saturating_mul(u64::from(PARTS)) <= MOST;
    let least = if has_room { least as usize } else { 1 };
    let mut bytes = Vec::new();
    for number in 1..=PARTS {
        let size = least + cx.random_below(30) as usize;
        bytes.push((number, cx.random_bytes(size)));
    }
    let sent = each(&bytes, |(number, bytes)| {
        multipart::put_part(&container, NAME, &upload, *number, bytes)
    });
    let mut parts: Vec<Part> = Vec::new();
    for sent in sent.await {
        parts.push(cx.ok(sent)?);
    }
    let has = cx
        .check("BLOB-PARTS-1", "parts of an upload that has many")
        .ok(multipart::parts(&container, NAME, &upload).await)?;
    cx.check("BLOB-PARTS-1", "count the parts")
        .equal(has.len(), parts.len())?;
    for (has, (part, (_, bytes))) in has.iter().zip(parts.iter().zip(&bytes)) {
        let is_it = has.part.number == part.number && has.part.tag == part.tag;
        cx.check(
            "BLOB-PARTS-1",
            &format!("look at {} in the list", part.shown()),
        )
        .that(
            is_it && has.size == bytes.len() as u64,
            "number, tag and size of what was sent",
            has,
        )?;
    }
    if !has_room {
        cx.note(format!(
            "{PARTS} parts of the least size were not completed"
        ));
        let behind = parts.len() - 2;
        parts = vec![parts.remove(behind)];
        bytes = vec![bytes.remove(behind)];
    }
    // The last but one is behind the first thousand, too.
    let place = parts.len().saturating_sub(2);
    let mut wrong = parts.clone();
    wrong[place].tag = "noise".to_owned();
    cx.check(
        "BLOB-COMPLETE-4",
        "complete with a wrong tag behind a thousand parts",
    )
    .fails(
        multipart::complete(&container, NAME, &upload, &wrong).await,
        Kind::NotFound,
    )?;
    cx.check(
        "BLOB-COMPLETE-4",
        "complete with parts of numbers above a thousand",
    )
    .ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    let whole: Vec<u8> = bytes.into_iter().flat_map(|(_, bytes)| bytes).collect();
    cx.check("BLOB-COMPLETE-1", "get after complete")
        .value(container.get(NAME).await, &whole)
}
