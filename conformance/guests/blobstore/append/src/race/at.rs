use blobstore::{append::append, patiently};
use conformance_kit::prelude::*;

case! {
    actors: 4,
    id: "blob.append.race-at",
    title: "of four instances that append at one place, one does",
    clauses: ["BLOB-APPEND-4", "BLOB-COND-4"],
    requires: ["blob.append"],
    timeout_s: 60,
}

const ROUNDS: usize = 10;
const RECORD: usize = 300;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut won = Vec::new();
    for round in 0..ROUNDS {
        let letter = b'a' + index as u8;
        let at = Some((round * RECORD) as u64);
        // One that overlapped another may be told to come again (BLOB-COND-6): it changed
        // nothing.
        let add = async || append(&container, "log", &[letter; RECORD], at).await;
        match patiently(cx, add).await {
            Ok(_) => won.push(round.to_string()),
            Err(Error::PreconditionFailed) => {}
            Err(error) => cx
                .check("BLOB-APPEND-4", "append at a place beside others")
                .ok(Err(error))?,
        }
        // The next place is there when somebody has added this one.
        let next = ((round + 1) * RECORD) as u64;
        let limit = cx.patience() * 2 + cx.visibility_bound();
        let came = cx.wait_until(limit, async || {
            let info = cx.ok(container.head("log").await)?;
            Ok(info.is_some_and(|info| info.size >= next))
        });
        cx.check("BLOB-COND-4", "wait until one of them has appended")
            .equal(came.await?, true)?;
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let mut won = seen.concat();
    won.sort_unstable();
    let made = won.len();
    won.dedup();
    cx.check("BLOB-COND-4", "count the rounds that have a winner")
        .equal(won.len(), ROUNDS)?;
    cx.check("BLOB-COND-4", "count the winners of all rounds")
        .equal(made, ROUNDS)?;
    let container = cx.container().await?;
    let log = cx.ok(container.get("log").await)?.unwrap_or_default();
    cx.check("BLOB-APPEND-4", "measure the object after all rounds")
        .equal(log.len(), ROUNDS * RECORD)?;
    for (round, record) in log.chunks(RECORD).enumerate() {
        let winner = seen.iter().position(|won| won.contains(&round.to_string()));
        let letter = winner.map_or(0, |winner| b'a' + winner as u8);
        cx.check("BLOB-APPEND-4", "read the record of each round")
            .bytes(record, &[letter; RECORD])?;
    }
    Ok(())
}
