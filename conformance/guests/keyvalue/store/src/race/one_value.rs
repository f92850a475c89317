use conformance_kit::prelude::*;

case! {
    id: "kv.race.one-value",
    title: "of several sets of one key in flight one decides, for good and for every handle",
    clauses: ["KV-SET-4", "KV-SESSION-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let (store, other) = (cx.store().await?, cx.store().await?);
    for round in 0..10 {
        let length = [1, 900, 9_000][round % 3];
        let values: Vec<Vec<u8>> = (0..8).map(|_| cx.random_bytes(length)).collect();
        for written in together(values.iter().map(|value| store.set("key", value))).await {
            cx.ok(written)?;
        }
        let check = cx.check("KV-SET-4", "get after several sets ended");
        let last = check.some(store.get("key").await)?;
        check.that(values.contains(&last), "one of the values", &last)?;
        for handle in [&other, &store, &other] {
            cx.check("KV-SESSION-2", "get again after several sets ended")
                .value(handle.get("key").await, &last)?;
        }
    }
    Ok(())
}
