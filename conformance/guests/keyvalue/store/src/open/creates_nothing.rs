use conformance_kit::prelude::*;

case! {
    id: "kv.open.creates-nothing",
    title: "a store that was asked for in vain is still absent afterwards",
    clauses: ["KV-OPEN-2", "KV-OPEN-4"],
}

async fn run(cx: &Context) -> Outcome {
    let absent = &cx.names().absent;
    for _ in 0..4 {
        cx.check("KV-OPEN-4", "open a granted name without a store again")
            .fails(keyvalue::open(absent).await, Kind::NotFound)?;
        // Work in another store may bring about what an `open` left unfinished.
        let store = cx.store().await?;
        cx.ok(store.set("key", b"value").await)?;
    }
    for opened in together((0..8).map(|_| keyvalue::open(absent))).await {
        cx.check(
            "KV-OPEN-2",
            "open a granted name without a store, several at a time",
        )
        .fails(opened, Kind::NotFound)?;
    }
    Ok(())
}
