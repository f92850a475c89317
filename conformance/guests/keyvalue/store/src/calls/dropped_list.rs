use conformance_kit::prelude::*;

case! {
    id: "kv.calls.dropped-list",
    title: "lists and streams that are dropped in flight disturb no later call",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..30).map(|at| format!("key-{at}")).collect();
    for written in together(keys.iter().map(|key| store.set(key, b"value"))).await {
        cx.ok(written)?;
    }
    let mut dropped = 0;
    for round in 0..12 {
        let call = begin(store.list("key-", None, Some(1 + round))).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let mut stream = store.keys("key-");
        let first = begin(stream.next()).await;
        dropped += u32::from(first.in_flight());
        drop(first);
        drop(stream);
        let check = || cx.check("TYP-CALL-1", "use the store after lists were dropped");
        check().ok(store.list("key-", None, Some(7)).await)?;
        check().keys(&cx.all_keys(&store, "key-", Some(7)).await?, &keys)?;
        check().value(store.get("key-3").await, b"value")?;
        check().ok(store.set("other", b"value").await)?;
    }
    cx.note(format!("{dropped} of 24 calls were dropped in flight"));
    Ok(())
}
