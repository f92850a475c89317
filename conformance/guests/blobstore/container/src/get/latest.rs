use conformance_kit::prelude::*;

case! {
    id: "blob.get.latest",
    title: "get returns the latest of many states",
    clauses: ["BLOB-GET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..30 {
        let size = cx.random_below(3_000) as usize;
        let bytes = cx.random_bytes(size);
        let version = cx.ok(container.put("object", &bytes).await)?;
        if round % 7 == 3 {
            cx.ok(container.delete("object").await)?;
            continue;
        }
        let found = container.begin_get("object", None, None).await;
        let content = cx.check("BLOB-GET-1", "get after a put").some(found)?;
        cx.check("BLOB-GET-1", "version that get returns after a put")
            .equal(content.info.version.as_str(), version.as_str())?;
        cx.check("BLOB-GET-1", "bytes that get returns after a put")
            .delivers(content, &bytes)
            .await?;
    }
    Ok(())
}
