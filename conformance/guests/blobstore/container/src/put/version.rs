use conformance_kit::prelude::*;

case! {
    id: "blob.put.version",
    title: "put returns the version that the object then has, until the next write",
    clauses: ["BLOB-PUT-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..10 {
        let bytes = cx.random_bytes(round * 100);
        let version = cx.ok(container.put("object", &bytes).await)?;
        // Neither reading nor other objects give it another.
        cx.ok(container.get("object").await)?;
        cx.ok(container.put("other", &bytes).await)?;
        let info = cx.info(&container, "object").await?;
        cx.check("BLOB-PUT-7", "version that head reports after a put")
            .equal(info.version.as_str(), version.as_str())?;
        let found = container.begin_get("object", None, Some(&version)).await;
        let content = cx
            .check("BLOB-PUT-7", "get of the version that put returned")
            .some(found)?;
        cx.check("BLOB-PUT-7", "version that get reports after a put")
            .equal(content.info.version.as_str(), version.as_str())?;
    }
    Ok(())
}
