use conformance_kit::prelude::*;

case! {
    id: "kv.calls.dropped-exists",
    title: "an exists that is dropped in flight disturbs no later call",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", b"value").await)?;
    for round in 0..16 {
        let (asked, other) = if round % 2 == 0 {
            ("key", "never")
        } else {
            ("never", "key")
        };
        drop(begin(store.exists(asked)).await);
        let check = || cx.check("TYP-CALL-1", "use the store after an exists was dropped");
        check().returns(store.exists(other).await, other == "key")?;
        check().returns(store.exists(asked).await, asked == "key")?;
        check().value(store.get("key").await, b"value")?;
    }
    Ok(())
}
