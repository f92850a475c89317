use conformance_kit::prelude::*;

case! {
    id: "kv.calls.in-flight-handles",
    title: "each of three handles carries 64 calls in flight of its own",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let handles = [
        cx.store().await?,
        cx.store().await?,
        cx.second_store().await?,
    ];
    let calls: Vec<(usize, String)> = (0..192).map(|at| (at % 3, format!("key-{at}"))).collect();
    let sets = calls
        .iter()
        .map(|(at, key)| handles[*at].set(key, key.as_bytes()));
    for written in together(sets).await {
        cx.check("TYP-CALL-2", "64 sets through each of three handles")
            .ok(written)?;
    }
    let gets = together(calls.iter().map(|(at, key)| handles[*at].get(key))).await;
    for ((_, key), read) in calls.iter().zip(gets) {
        cx.check("TYP-CALL-2", "64 gets through each of three handles")
            .value(read, key.as_bytes())?;
    }
    Ok(())
}
