use conformance_kit::prelude::*;

case! {
    id: "kv.session.many-keys",
    title: "a session reads its own writes when it wrote many keys at a time",
    clauses: ["KV-SESSION-1", "KV-SESSION-3"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..24).map(|at| format!("key-{at}")).collect();
    for round in 0..6 {
        let value = |at: usize| format!("{round} of {at}").into_bytes();
        let values: Vec<Vec<u8>> = (0..24).map(value).collect();
        let writes = keys
            .iter()
            .zip(&values)
            .map(|(key, value)| store.set(key, value));
        for written in together(writes).await {
            cx.ok(written)?;
        }
        // The latest first.
        let reads = together(keys.iter().rev().map(|key| store.get(key))).await;
        for (value, read) in values.iter().rev().zip(reads) {
            cx.check("KV-SESSION-1", "get after many sets at a time")
                .value(read, value)?;
        }
        let listed = cx.all_keys(&store, "key-", None).await?;
        cx.check("KV-SESSION-3", "list after many sets at a time")
            .keys(&listed, &keys)?;
    }
    Ok(())
}
