use conformance_kit::prelude::*;

case! {
    id: "kv.calls.dropped-delete",
    title: "a delete that is dropped in flight leaves the whole value or none",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut dropped = 0;
    for round in 0..16 {
        let key = format!("key-{}", round / 2);
        let value = cx.random_bytes(3_000);
        cx.ok(store.set(&key, &value).await)?;
        cx.ok(store.set("other", &value).await)?;
        let call = begin(store.delete(&key)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let check = || cx.check("TYP-CALL-1", "read after a delete was dropped");
        let seen = check().ok(store.get(&key).await)?;
        let whole = seen.as_ref().is_none_or(|seen| *seen == value);
        check().that(whole, "none or the value", &seen)?;
        check().value(store.get("other").await, &value)?;
        // A delete that is carried out to its end decides.
        check().ok(store.delete(&key).await)?;
        check().none(store.get(&key).await)?;
    }
    cx.note(format!("{dropped} of 16 calls were dropped in flight"));
    Ok(())
}
