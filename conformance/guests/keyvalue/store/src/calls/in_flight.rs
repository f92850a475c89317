use conformance_kit::prelude::*;

case! {
    id: "kv.calls.in-flight",
    title: "64 calls in flight through one handle all complete, each with its own result",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..64).map(|number| format!("key-{number}")).collect();
    let writes = keys.iter().map(|key| store.set(key, key.as_bytes()));
    for written in together(writes).await {
        cx.check("TYP-CALL-2", "64 sets at a time").ok(written)?;
    }
    let reads = keys.iter().map(|key| store.get(key));
    for (key, read) in keys.iter().zip(together(reads).await) {
        cx.check("TYP-CALL-2", "64 gets at a time")
            .value(read, key.as_bytes())?;
    }
    Ok(())
}
