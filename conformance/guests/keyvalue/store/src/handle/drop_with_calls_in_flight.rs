use conformance_kit::prelude::*;

case! {
    id: "kv.handle.drop-with-calls-in-flight",
    title: "calls in flight through one handle end well while another is dropped",
    clauses: ["KV-HANDLE-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let value = cx.random_bytes(2_000);
    let keys: Vec<String> = (0..16).map(|at| format!("key-{at}")).collect();
    for _ in 0..4 {
        let other = cx.store().await?;
        let mut calls = Vec::new();
        for key in &keys {
            calls.push(begin(store.set(key, &value)).await);
        }
        drop(other);
        for call in calls {
            cx.check(
                "KV-HANDLE-2",
                "a set in flight while another handle was dropped",
            )
            .ok(call.finish().await)?;
        }
        for key in &keys {
            cx.check("KV-HANDLE-2", "get after another handle was dropped")
                .value(store.get(key).await, &value)?;
            cx.ok(store.delete(key).await)?;
        }
    }
    Ok(())
}
