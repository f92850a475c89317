use conformance_kit::prelude::*;

case! {
    /// A call that is given up may or may not have happened; what it may not do
    /// is happen in part, or disturb the calls after it.
    id: "kv.calls.dropped",
    title: "a set that is dropped in flight leaves the old or the new value",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut dropped = 0;
    for round in 0..16 {
        // What was dropped may still come: each round has a key of its own.
        let key = format!("key-{round}");
        let (old, new) = (cx.random_bytes(2_000), cx.random_bytes(20_000));
        cx.ok(store.set(&key, &old).await)?;
        let call = begin(store.set(&key, &new)).await;
        dropped += u32::from(call.in_flight());
        drop(call);

        let check = cx.check("TYP-CALL-1", "get after a set was dropped");
        let value = check.some(store.get(&key).await)?;
        check.that(
            value == old || value == new,
            "the old or the new value",
            &value,
        )?;
        let after = format!("after-{round}");
        cx.check("TYP-CALL-1", "set after a set was dropped")
            .ok(store.set(&after, &new).await)?;
    }
    cx.note(format!("{dropped} of 16 calls were dropped in flight"));
    Ok(())
}
