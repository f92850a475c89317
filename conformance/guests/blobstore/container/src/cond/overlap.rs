use conformance_kit::prelude::*;

use blobstore::options;

case! {
    id: "blob.cond.overlap",
    title: "puts of one object that overlap are each carried out, or told to come again",
    clauses: ["BLOB-COND-6", "BLOB-PUT-4"],
    lane: Lane::Concurrency,
}

const PUTS: usize = 4;
const PIECES: usize = 5;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut throttled = 0;
    for _ in 0..3 {
        let pieces: Vec<Vec<u8>> = (0..PUTS).map(|_| cx.random_bytes(3_000)).collect();
        let mut puts = Vec::new();
        for _ in 0..PUTS {
            let (writer, answer) = container.begin_put("object", options());
            puts.push((writer, true, begin(answer.wait()).await));
        }
        // A piece of each in turn: none is over when the next one begins.
        for _ in 0..PIECES {
            for ((writer, is_read, _), piece) in puts.iter_mut().zip(&pieces) {
                *is_read = *is_read && writer.write(piece).await;
            }
        }
        let mut written = Vec::new();
        for ((writer, _, answer), piece) in puts.into_iter().zip(&pieces) {
            writer.finish().await;
            match answer.finish().await {
                Err(Error::Throttled(_)) => throttled += 1,
                ended => {
                    cx.check("BLOB-COND-6", "put that others overlap")
                        .ok(ended)?;
                    written.push(piece.repeat(PIECES));
                }
            }
        }
        if written.is_empty() {
            // Each of them was told to come again.
            continue;
        }
        let bytes = cx.ok(container.get("object").await)?;
        let is_one = bytes.as_ref().is_some_and(|bytes| written.contains(bytes));
        cx.check("BLOB-PUT-4", "get after puts that overlapped")
            .that(is_one, "what one of the puts wrote", &bytes)?;
    }
    cx.note(format!("{throttled} of {} puts were throttled", 3 * PUTS));
    Ok(())
}
