use conformance_kit::prelude::*;

case! {
    id: "kv.calls.in-flight-one-key",
    title: "64 calls in flight on one key all complete",
    clauses: ["TYP-CALL-2", "KV-SET-4"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let values: Vec<Vec<u8>> = (0..64).map(|_| cx.random_bytes(40)).collect();
    for written in together(values.iter().map(|value| store.set("key", value))).await {
        cx.check("TYP-CALL-2", "64 sets of one key at a time")
            .ok(written)?;
    }
    let check = cx.check("KV-SET-4", "get after 64 sets of one key");
    let last = check.some(store.get("key").await)?;
    check.that(values.contains(&last), "one of the values", &last)?;
    for read in together((0..64).map(|_| store.get("key"))).await {
        cx.check("TYP-CALL-2", "64 gets of one key at a time")
            .value(read, &last)?;
    }
    for found in together((0..64).map(|_| store.exists("key"))).await {
        cx.check("TYP-CALL-2", "64 exists of one key at a time")
            .returns(found, true)?;
    }
    for deleted in together((0..64).map(|_| store.delete("key"))).await {
        cx.check("TYP-CALL-2", "64 deletes of one key at a time")
            .ok(deleted)?;
    }
    cx.check("TYP-CALL-2", "get after 64 deletes of one key")
        .none(store.get("key").await)
}
