use blobstore::{patiently, unless_expired};
use conformance_kit::prelude::*;

case! {
    id: "blob.move.dropped",
    title: "a move that is dropped in flight leaves the object under one of its names",
    clauses: ["BLOB-MOVE-2", "TYP-CALL-1"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const MOVES: usize = 16;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let mut dropped = 0;
    for number in 0..MOVES {
        let to = [&container, &other][number % 2];
        let (name, new_name) = (format!("old-{number}"), format!("new-{number}"));
        let bytes = cx.random_bytes(2_000);
        cx.ok(container.put(&name, &bytes).await)?;
        let call = begin(container.r#move(&name, to, &new_name)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        // In this order: the rest of the move may still come.
        let get = async || container.get(&name).await;
        let seen = match cx.ok(unless_expired(cx, get).await)? {
            None => {
                // The other container is another session.
                cx.sleep(cx.visibility_bound()).await;
                let get = async || to.get(&new_name).await;
                cx.ok(unless_expired(cx, get).await)?
            }
            old => old,
        };
        cx.check("BLOB-MOVE-2", "look for an object whose move was dropped")
            .value(Ok::<_, Error>(seen), &bytes)?;
        // The rest of the move may overlap it.
        let delete = async || container.delete(&name).await;
        cx.check("TYP-CALL-1", "use both names after a move was dropped")
            .ok(patiently(cx, delete).await)?;
    }
    cx.note(format!("{dropped} of {MOVES} calls were dropped in flight"));
    Ok(())
}
