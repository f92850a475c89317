use conformance_kit::prelude::*;

case! {
    id: "kv.calls.dropped-get",
    title: "a get that is dropped in flight disturbs no later call",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let values: Vec<Vec<u8>> = (0..16).map(|_| cx.random_bytes(5_000)).collect();
    let mut dropped = 0;
    for (round, value) in values.iter().enumerate() {
        let key = format!("key-{round}");
        cx.ok(store.set(&key, value).await)?;
        let call = begin(store.get(&key)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let check = || cx.check("TYP-CALL-1", "use the store after a get was dropped");
        // The answer of the dropped call must not be taken for that of another.
        check().none(store.get("never").await)?;
        check().value(store.get("key-0").await, &values[0])?;
        check().value(store.get(&key).await, value)?;
        check().returns(store.exists("never").await, false)?;
    }
    cx.note(format!("{dropped} of 16 calls were dropped in flight"));
    Ok(())
}
