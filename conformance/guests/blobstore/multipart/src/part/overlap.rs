use core::slice::from_ref;

use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload};

case! {
    id: "blob.multipart.part-overlap",
    title: "of two parts of one number that are sent at the same time the upload has one, with its own bytes",
    clauses: ["BLOB-PART-1", "BLOB-PART-3", "BLOB-PARTS-1", "BLOB-STREAM-5"],
    requires: ["blob.multipart"],
    lane: Lane::Concurrency,
    timeout_s: 20,
}

const PIECE: usize = 5_000;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let states = [vec![b'a'; 60_000], vec![b'b'; 50_000]];
    let [first, second] = states.each_ref().map(|bytes| {
        let size = bytes.len() as u64;
        multipart::begin_part(&container, NAME, &upload, 1, size)
    });
    let ((mut first, first_answer), (mut second, second_answer)) = (first, second);
    let in_turn = async {
        let mut pieces = states.each_ref().map(|bytes| bytes.chunks(PIECE));
        loop {
            let [one, other] = pieces.each_mut().map(Iterator::next);
            if one.is_none() && other.is_none() {
                break;
            }
            first.write(one.unwrap_or_default()).await;
            second.write(other.unwrap_or_default()).await;
            // To read the clock takes until both are begun.
            cx.now().await;
        }
    };
    if cx.within(cx.patience(), in_turn).await.is_none() {
        cx.check("BLOB-STREAM-5", "write two parts of one number in turn")
            .that(false, "readers of both", "none in time")?;
    }
    let ends = both(
        both(first.finish(), first_answer.wait()),
        both(second.finish(), second_answer.wait()),
    );
    let (((), first), ((), second)) = ends.await;
    let mut sent = Vec::new();
    for (bytes, ended) in states.iter().zip([first, second]) {
        // Nothing but a refusal for now: a part is accepted beside any other.
        if matches!(ended, Err(Error::Throttled(_))) {
            cx.note("a part that another one of its number overlaps is throttled");
            continue;
        }
        let check = cx.check("BLOB-PART-3", "put-part beside another of its number");
        sent.push((check.ok(ended)?, bytes));
    }
    let has = multipart::parts(&container, NAME, &upload).await;
    let has = cx
        .check("BLOB-PARTS-1", "parts after two of one number")
        .ok(has)?;
    if sent.is_empty() {
        return cx
            .check("BLOB-PARTS-1", "count the parts after refused ones")
            .equal(has.len(), 0);
    }
    cx.check("BLOB-PARTS-1", "count the parts after two of one number")
        .equal(has.len(), 1)?;
    for received in has {
        let part = received.part;
        let is_it = |tag: &str| part.number == 1 && part.tag == tag;
        let kept = sent.iter().find(|(sent, _)| is_it(&sent.tag));
        let check = cx.check(
            "BLOB-PARTS-1",
            "look for the part among those that were sent",
        );
        let (_, bytes) = check.some(Ok::<_, Error>(kept))?;
        check.equal(received.size, bytes.len() as u64)?;
        cx.ok(multipart::complete(&container, NAME, &upload, from_ref(&part)).await)?;
        cx.check(
            "BLOB-PART-1",
            "get after complete with the part that was kept",
        )
        .value(container.get(NAME).await, bytes)?;
    }
    Ok(())
}
