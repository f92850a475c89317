use conformance_kit::prelude::*;

case! {
    id: "kv.calls.in-flight-big",
    title: "64 calls with values of the portable length in flight all complete",
    clauses: ["TYP-CALL-2", "KV-VALUE-1"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let bytes = cx.random_bytes(24_576 + 64);
    let entries: Vec<(String, &[u8])> = (0..64)
        .map(|at| (format!("key-{at}"), &bytes[at..at + 24_576]))
        .collect();
    for written in together(entries.iter().map(|(key, value)| store.set(key, value))).await {
        cx.check("TYP-CALL-2", "64 sets of 24,576 bytes at a time")
            .ok(written)?;
    }
    let values = together(entries.iter().map(|(key, _)| store.get(key))).await;
    for ((_, value), read) in entries.iter().zip(values) {
        cx.check("KV-VALUE-1", "64 gets of 24,576 bytes at a time")
            .value(read, value)?;
    }
    Ok(())
}
