use conformance_kit::prelude::*;

case! {
    id: "kv.handle.drop-keeps-others",
    title: "handles work on while others of the same and of another store are dropped",
    clauses: ["KV-HANDLE-2"],
}

/// Reads, writes, lists and deletes through a handle.
async fn works(cx: &Context, store: &Store, key: &str) -> Outcome {
    let check = || cx.check("KV-HANDLE-2", "use a handle after others were dropped");
    check().ok(store.set(key, key.as_bytes()).await)?;
    check().value(store.get(key).await, key.as_bytes())?;
    check().returns(store.exists(key).await, true)?;
    check().keys(&cx.all_keys(store, key, None).await?, &[key])?;
    check().ok(store.delete(key).await)?;
    check().none(store.get(key).await)
}

async fn run(cx: &Context) -> Outcome {
    let mut handles = Vec::new();
    for round in 0..9 {
        handles.push(match round % 3 {
            0 => cx.second_store().await?,
            _ => cx.store().await?,
        });
    }
    // From the front, from the end and from the middle.
    for place in [0, 7, 3, 2, 4, 0, 1, 0] {
        drop(handles.remove(place));
        for (at, store) in handles.iter().enumerate() {
            works(cx, store, &format!("key-{at}")).await?;
        }
    }
    Ok(())
}
