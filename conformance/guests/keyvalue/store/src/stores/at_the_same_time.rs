use conformance_kit::prelude::*;

case! {
    id: "kv.stores.at-the-same-time",
    title: "calls in flight in several stores do not mix",
    clauses: ["KV-HANDLE-3"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let stores = [
        cx.store().await?,
        cx.second_store().await?,
        cx.restricted_store().await?,
    ];
    for round in 0..6 {
        let calls: Vec<(usize, String, String)> = (0..30)
            .map(|at| {
                (
                    at % 3,
                    format!("key-{}", at / 3),
                    format!("{round} {at} {}", cx.random()),
                )
            })
            .collect();
        let writes = calls
            .iter()
            .map(|(at, key, value)| stores[*at].set(key, value.as_bytes()));
        for written in together(writes).await {
            cx.ok(written)?;
        }
        let reads = together(calls.iter().map(|(at, key, _)| stores[*at].get(key))).await;
        for ((_, _, value), read) in calls.iter().zip(reads) {
            cx.check("KV-HANDLE-3", "get from one of several stores at a time")
                .value(read, value.as_bytes())?;
        }
    }
    Ok(())
}
