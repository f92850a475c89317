use blobstore::unless_expired;
use conformance_kit::prelude::*;

case! {
    id: "blob.calls.dropped-among",
    title: "of many calls in flight the dropped ones leave the others alone",
    clauses: ["TYP-CALL-1", "TYP-CALL-2"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..4_usize {
        // What was dropped may still come: each round has objects of its own.
        let names: Vec<String> = (0..48).map(|at| format!("object-{round}-{at}")).collect();
        let (old, new) = (cx.random_bytes(1_500), cx.random_bytes(2_500));
        for written in together(names.iter().map(|name| container.put(name, &old))).await {
            cx.ok(written)?;
        }
        let mut calls = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let call = begin(container.put(name, &new)).await;
            // One in three goes at once, another when all have begun.
            if at % 3 != round % 3 {
                calls.push((at, call));
            }
        }
        let is_kept = |at: usize| at % 3 == (round + 1) % 3;
        let (kept, given_up): (Vec<_>, Vec<_>) =
            calls.into_iter().partition(|(at, _)| is_kept(*at));
        drop(given_up);
        for (_, call) in kept {
            cx.check("TYP-CALL-2", "finish a put while others are dropped")
                .ok(call.finish().await)?;
        }
        let container = &container;
        // What was dropped may still come, and end a stream.
        let get = |name| unless_expired(cx, async move || container.get(name).await);
        let read = together(names.iter().map(|name| get(name))).await;
        for (at, read) in read.into_iter().enumerate() {
            if is_kept(at) {
                cx.check("TYP-CALL-2", "get after a put was finished")
                    .value(read, &new)?;
            } else {
                let check = cx.check("TYP-CALL-1", "get after a put was dropped");
                let seen = check.some(read)?;
                check.that(
                    seen == old || seen == new,
                    "the old or the new bytes",
                    &seen,
                )?;
            }
        }
    }
    Ok(())
}
