use conformance_kit::prelude::*;

case! {
    id: "kv.calls.dropped-open",
    title: "opens that are dropped in flight disturb neither handles nor later opens",
    clauses: ["TYP-CALL-1", "KV-HANDLE-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let store = cx.store().await?;
    cx.ok(store.set("key", b"value").await)?;
    for round in 0..24 {
        let name = [
            &names.primary,
            &names.secondary,
            &names.absent,
            &names.denied,
        ][round % 4];
        drop(begin(keyvalue::open(name)).await);
        cx.check(
            "KV-HANDLE-2",
            "get through a handle after an open was dropped",
        )
        .value(store.get("key").await, b"value")?;
    }
    let again = cx
        .check("TYP-CALL-1", "open after opens were dropped")
        .ok(keyvalue::open(&names.primary).await)?;
    cx.check("TYP-CALL-1", "get after opens were dropped")
        .value(again.get("key").await, b"value")
}
