use conformance_kit::prelude::*;

use crate::pattern::Pattern;

case! {
    id: "blob.stream.read-in-lockstep",
    title: "64 gets that are read in turn, a piece each, all go on",
    clauses: ["BLOB-STREAM-5", "TYP-CALL-2"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

const GETS: usize = 64;
const PIECE: usize = 3_000;
const PIECES: usize = 8;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let pattern = Pattern::new(cx);
    let objects: Vec<Vec<u8>> = (0..GETS)
        .map(|number| pattern.piece(number * 7, PIECE * PIECES))
        .collect();
    let names: Vec<String> = (0..GETS).map(|number| format!("object-{number}")).collect();
    let puts = names.iter().zip(&objects);
    for put in together(puts.map(|(name, bytes)| container.put(name, bytes))).await {
        cx.ok(put)?;
    }
    let gets = names
        .iter()
        .map(|name| container.begin_get(name, None, None));
    let begun = cx.within(cx.patience(), together(gets)).await;
    cx.check("BLOB-STREAM-5", "begin 64 gets").that(
        begun.is_some(),
        "all of them",
        "no progress",
    )?;
    let mut contents = Vec::new();
    for found in begun.unwrap_or_default() {
        contents.push(
            cx.check("TYP-CALL-2", "get as one of 64 in flight")
                .some(found)?,
        );
    }
    for place in 0..PIECES {
        for (content, bytes) in contents.iter_mut().zip(&objects) {
            let read = cx.within(cx.patience(), content.read_exact(PIECE)).await;
            let check = || cx.check("BLOB-STREAM-5", "read 64 gets in turn");
            check().that(read.is_some(), "a piece", "no progress")?;
            let expected = &bytes[place * PIECE..(place + 1) * PIECE];
            check().bytes(&read.unwrap_or_default(), expected)?;
        }
    }
    for content in contents {
        cx.check("TYP-CALL-2", "wait for the end of one of 64 gets")
            .ok(content.end().await)?;
    }
    Ok(())
}
