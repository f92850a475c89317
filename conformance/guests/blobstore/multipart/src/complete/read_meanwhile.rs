use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, send};

case! {
    id: "blob.multipart.read-meanwhile",
    title: "a get that has begun goes on with its state, or expires, when complete overwrites the object",
    clauses: ["BLOB-GET-11"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
    timeout_s: 60,
}

/// More than one piece, and little enough to be quick.
const SIZE: usize = 2 << 20;
const BEGUN: usize = 64 << 10;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = cx.random_bytes(SIZE);
    cx.ok(container.put(NAME, &old).await)?;
    let upload = begin_upload(cx, &container).await?;
    let least = cx.limit("blob.part.min-bytes")? as usize;
    // Together as long as what is read, or longer, and the border of the parts in it.
    let new = [
        cx.random_bytes(least.max(SIZE / 2)),
        cx.random_bytes(SIZE / 2),
    ];
    let mut parts = Vec::new();
    for (number, bytes) in (1..).zip(&new) {
        parts.push(send(cx, &container, &upload, number, bytes).await?);
    }

    let found = container.begin_get(NAME, None, None).await;
    let mut content = cx
        .check("BLOB-GET-11", "get of an object that is about to change")
        .some(found)?;
    let (first, rest) = old.split_at(BEGUN);
    cx.check("BLOB-GET-11", "read the beginning of an object")
        .bytes(&content.read_exact(BEGUN).await, first)?;
    cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    let (read, end) = content.collect().await;
    let check = cx.check("BLOB-GET-11", "read on after complete overwrote the object");
    match end {
        Err(Error::Expired) => {
            cx.note("a get expires when its object is completed anew");
            check.bytes(&read, &rest[..read.len().min(rest.len())])?;
        }
        end => {
            check.ok(end)?;
            check.bytes(&read, rest)?;
        }
    }
    cx.check("BLOB-GET-11", "get of the new state")
        .value(container.get(NAME).await, &new.concat())
}
