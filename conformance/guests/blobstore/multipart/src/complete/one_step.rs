use core::cell::Cell;

use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, send};

case! {
    id: "blob.multipart.complete-one-step",
    title: "who reads while an upload is completed gets the old object or the new one, never a part of it",
    clauses: ["BLOB-DATA-3", "BLOB-DATA-4"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const ROUNDS: u8 = 4;
const SIZE: usize = 20_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let least = cx.limit("blob.part.min-bytes")? as usize;
    // Of a length that no part has.
    let mut old = vec![b'o'; SIZE / 2];
    cx.ok(container.put(NAME, &old).await)?;
    let mut reads = 0;
    for round in 0..ROUNDS {
        // One letter for each part, and others in each round.
        let letter = b'a' + 2 * round;
        let new = [
            vec![letter; least.max(SIZE)],
            vec![letter + 1; SIZE + usize::from(round)],
        ];
        let upload = begin_upload(cx, &container).await?;
        let mut parts = Vec::new();
        for (number, bytes) in (1..).zip(&new) {
            parts.push(send(cx, &container, &upload, number, bytes).await?);
        }
        let new = new.concat();
        let is_over = Cell::new(false);
        let complete = async {
            let completed = multipart::complete(&container, NAME, &upload, &parts).await;
            is_over.set(true);
            cx.ok(completed)
        };
        let read = async {
            while !is_over.get() {
                reads += 1;
                let found = container.begin_get(NAME, None, None).await;
                let found = cx
                    .check("BLOB-DATA-4", "get while an upload is completed")
                    .some(found)?;
                let size = found.info.size;
                let expected = if size == old.len() as u64 { &old } else { &new };
                cx.check("BLOB-DATA-4", "compare the size with those of both objects")
                    .equal(size, expected.len() as u64)?;
                let check = cx.check("BLOB-DATA-3", "compare the bytes of one get");
                match found.collect().await {
                    // It may end with what it was (BLOB-GET-11).
                    (_, Err(Error::Expired)) => {}
                    (bytes, end) => {
                        check.ok(end)?;
                        check.bytes(&bytes, expected)?;
                    }
                }
            }
            Ok(())
        };
        let (completed, read) = both(complete, read).await;
        read?;
        completed?;
        old = new;
    }
    cx.note(format!("{reads} reads beside {ROUNDS} completions"));
    Ok(())
}
