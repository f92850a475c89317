use conformance_kit::prelude::*;

case! {
    /// So large that a service keeps it in several parts.
    id: "blob.delete.large",
    title: "a large object goes whole, and comes back as what is written then",
    clauses: ["BLOB-DELETE-1"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let block = cx.random_bytes(1 << 16);
    for size in [12 << 20, 6 << 20] {
        cx.ok(container
            .put("object", &block.repeat(size / block.len()))
            .await)?;
        cx.check("BLOB-DELETE-1", "delete of a large object")
            .ok(container.delete("object").await)?;
        cx.check("BLOB-DELETE-1", "get of a large object that was deleted")
            .none(container.get("object").await)?;
        cx.ok(container.put("object", b"small").await)?;
        cx.check("BLOB-DELETE-1", "get of what was written after a delete")
            .value(container.get("object").await, b"small")?;
    }
    Ok(())
}
