use blobstore::{append, in_turn};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.in-lockstep",
    title: "64 appends to as many objects that are written in turn, a piece each, all go on",
    clauses: ["BLOB-STREAM-5", "BLOB-APPEND-1", "TYP-CALL-2"],
    requires: ["blob.append"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names: Vec<String> = (0..64).map(|number| format!("log-{number}")).collect();
    let all: Vec<Vec<u8>> = names
        .iter()
        .map(|_| cx.random_bytes(in_turn::SIZE))
        .collect();
    for put in each(&names, |name| container.put(name, b"begun: ")).await {
        cx.ok(put)?;
    }
    let calls = names
        .iter()
        .map(|name| append::begin(&container, name, None));
    for added in in_turn::write(cx, calls.collect(), &all).await? {
        cx.check("TYP-CALL-2", "append as one of 64 in flight")
            .ok(added)?;
    }
    let read = each(&names, |name| container.get(name)).await;
    for (read, added) in read.into_iter().zip(&all) {
        cx.check("BLOB-APPEND-1", "get after 64 appends at a time")
            .value(read, &[b"begun: ", &added[..]].concat())?;
    }
    Ok(())
}
