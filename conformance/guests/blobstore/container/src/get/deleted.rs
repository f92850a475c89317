use conformance_kit::prelude::*;

case! {
    id: "blob.get.deleted",
    title: "get returns none for an object that was deleted",
    clauses: ["BLOB-GET-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 10, 100_000] {
        cx.ok(container.put("object", &cx.random_bytes(size)).await)?;
        cx.ok(container.get("object").await)?;
        cx.ok(container.delete("object").await)?;
        for _ in 0..2 {
            cx.check("BLOB-GET-3", "get of an object that was deleted")
                .none(container.get("object").await)?;
        }
    }
    cx.ok(container.put("a", b"bytes").await)?;
    cx.ok(container.put("b", b"bytes").await)?;
    cx.ok(container.delete_many(&["a", "b"]).await)?;
    for name in ["a", "b"] {
        cx.check("BLOB-GET-3", "get after delete-many")
            .none(container.get(name).await)?;
    }
    Ok(())
}
