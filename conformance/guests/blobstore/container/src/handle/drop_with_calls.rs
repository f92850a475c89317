use conformance_kit::prelude::*;

case! {
    id: "blob.handle.drop-with-calls",
    title: "calls in flight through one handle end well while another is dropped",
    clauses: ["BLOB-HANDLE-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(2_000);
    let names: Vec<String> = (0..16).map(|at| format!("object-{at}")).collect();
    for _ in 0..4 {
        let other = cx.container().await?;
        let mut calls = Vec::new();
        for name in &names {
            calls.push(begin(container.put(name, &bytes)).await);
        }
        drop(other);
        for call in calls {
            let message = "a put in flight while another handle was dropped";
            cx.check("BLOB-HANDLE-2", message).ok(call.finish().await)?;
        }
        for name in &names {
            cx.check("BLOB-HANDLE-2", "get after another handle was dropped")
                .value(container.get(name).await, &bytes)?;
        }
        cx.ok(container.delete_many(&names).await)?;
    }
    Ok(())
}
