use conformance_kit::prelude::*;

case! {
    id: "kv.calls.dropped-among",
    title: "of many calls in flight the dropped ones leave the others alone",
    clauses: ["TYP-CALL-1", "TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..4_usize {
        // What was dropped may still come: each round has keys of its own.
        let keys: Vec<String> = (0..48).map(|at| format!("key-{round}-{at}")).collect();
        let (old, new) = (cx.random_bytes(1_500), cx.random_bytes(1_500));
        for written in together(keys.iter().map(|key| store.set(key, &old))).await {
            cx.ok(written)?;
        }
        let mut kept = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let call = begin(store.set(key, &new)).await;
            // One in three goes at once, another when all have begun.
            if at % 3 != round % 3 {
                kept.push((at, call));
            }
        }
        let (kept, given_up): (Vec<_>, Vec<_>) = kept
            .into_iter()
            .partition(|(at, _)| at % 3 == (round + 1) % 3);
        drop(given_up);
        for (_, call) in kept {
            cx.check("TYP-CALL-2", "finish a set while others are dropped")
                .ok(call.finish().await)?;
        }
        let values = together(keys.iter().map(|key| store.get(key))).await;
        for (at, read) in values.into_iter().enumerate() {
            if at % 3 == (round + 1) % 3 {
                cx.check("TYP-CALL-2", "get after a set was finished")
                    .value(read, &new)?;
            } else {
                let check = cx.check("TYP-CALL-1", "get after a set was dropped");
                let seen = check.some(read)?;
                check.that(
                    seen == old || seen == new,
                    "the old or the new value",
                    &seen,
                )?;
            }
        }
    }
    Ok(())
}
