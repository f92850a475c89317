use conformance_kit::prelude::*;

case! {
    id: "kv.calls.in-flight-lists",
    title: "64 lists in flight end each with the keys of its own prefix",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..64).map(|at| format!("{at:02}/key")).collect();
    for written in together(keys.iter().map(|key| store.set(key, b""))).await {
        cx.ok(written)?;
    }
    let lists = together(keys.iter().map(|key| cx.all_keys(&store, &key[..3], None))).await;
    for (key, listed) in keys.iter().zip(lists) {
        cx.check("TYP-CALL-2", "64 lists at a time")
            .keys(&listed?, &[key])?;
    }
    let streams: Vec<_> = keys.iter().map(|key| store.keys(&key[..2])).collect();
    let ended = together(streams.into_iter().map(|stream| stream.collect())).await;
    for (key, (streamed, end)) in keys.iter().zip(ended) {
        cx.check("TYP-CALL-2", "64 streams at a time").ok(end)?;
        cx.check("TYP-CALL-2", "64 streams at a time")
            .keys(&streamed, &[key])?;
    }
    Ok(())
}
