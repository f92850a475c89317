use conformance_kit::prelude::*;

case! {
    id: "blob.put.overwrite",
    title: "a put replaces the whole of an object, be it longer or shorter",
    clauses: ["BLOB-PUT-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1_000, 10, 5_000, 0, 1] {
        let bytes = cx.random_bytes(size);
        cx.ok(container.put("object", &bytes).await)?;
        cx.check("BLOB-PUT-2", "get after an overwrite")
            .value(container.get("object").await, &bytes)?;
    }
    Ok(())
}
