use conformance_kit::prelude::*;

case! {
    id: "kv.handle.drop-keeps-deletion",
    title: "a deletion and an overwrite outlive the handle through which they were made",
    clauses: ["KV-HANDLE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let first = cx.store().await?;
    cx.ok(first.set("gone", b"old").await)?;
    cx.ok(first.set("kept", b"old").await)?;
    let second = cx.store().await?;
    cx.ok(second.delete("gone").await)?;
    cx.ok(second.set("kept", b"new").await)?;
    drop(second);
    let third = cx.store().await?;
    for store in [&first, &third] {
        cx.check("KV-HANDLE-2", "get of a key that a dropped handle deleted")
            .none(store.get("gone").await)?;
        cx.check(
            "KV-HANDLE-2",
            "get of a key that a dropped handle overwrote",
        )
        .value(store.get("kept").await, b"new")?;
    }
    Ok(())
}
