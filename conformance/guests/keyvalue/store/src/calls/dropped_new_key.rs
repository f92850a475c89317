use conformance_kit::prelude::*;

case! {
    id: "kv.calls.dropped-new-key",
    title: "a set of a new key that is dropped in flight creates it as a whole or not at all",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut dropped = 0;
    for round in 0..16 {
        let key = format!("key-{round}");
        let value = cx.random_bytes(20_000);
        let call = begin(store.set(&key, &value)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let check = || cx.check("TYP-CALL-1", "get of a new key after its set was dropped");
        let seen = check().ok(store.get(&key).await)?;
        let whole = seen.as_ref().is_none_or(|seen| *seen == value);
        check().that(whole, "none or the whole value", &seen)?;
        check().ok(store.set("after", &value).await)?;
        check().value(store.get("after").await, &value)?;
    }
    cx.note(format!("{dropped} of 16 calls were dropped in flight"));
    Ok(())
}
