use conformance_kit::prelude::*;

case! {
    id: "kv.race.not-torn-in-flight",
    title: "reads in flight beside writes of one instance return whole values",
    clauses: ["KV-VALUE-4", "KV-SET-4"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = cx.limit("kv.value.max-bytes")?.min(40_000) as usize;
    let values: Vec<Vec<u8>> = (0..6).map(|_| cx.random_bytes(length)).collect();
    cx.ok(store.set("key", &values[0]).await)?;
    for _ in 0..5 {
        let writes = together(values.iter().map(|value| store.set("key", value)));
        let reads = together((0..6).map(|_| store.get("key")));
        let (written, read) = both(writes, reads).await;
        for written in written {
            cx.ok(written)?;
        }
        for read in read {
            let check = cx.check("KV-VALUE-4", "get beside sets in flight");
            let seen = check.some(read)?;
            check.that(values.contains(&seen), "one of the values", &seen)?;
        }
        let check = cx.check("KV-SET-4", "get after all sets ended");
        let seen = check.some(store.get("key").await)?;
        check.that(values.contains(&seen), "one of the values", &seen)?;
    }
    Ok(())
}
