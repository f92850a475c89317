use conformance_kit::prelude::*;

case! {
    id: "blob.cond.match",
    title: "a put that expects the present version succeeds, wherever the version was told",
    clauses: ["BLOB-COND-1", "BLOB-COND-2", "BLOB-PUT-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut put = cx.ok(container.put("object", b"first").await)?;
    for round in 0..9 {
        let version = match round % 4 {
            0 => put.clone(),
            1 => cx.info(&container, "object").await?.version,
            2 => {
                let content = cx.ok(container.begin_get("object", None, None).await)?;
                content.map_or(String::new(), |content| content.info.version)
            }
            _ => cx.ok(container.copy("other", &container, "object").await)?,
        };
        let bytes = cx.random_bytes(50 + round);
        put = cx
            .check("BLOB-COND-1", "put that expects the present version")
            .ok(container.replace("object", &bytes, &version).await)?;
        cx.check("BLOB-COND-1", "get after a put that expected a version")
            .value(container.get("object").await, &bytes)?;
        let told = cx.info(&container, "object").await?.version;
        cx.check("BLOB-PUT-7", "compare the version of put with that of head")
            .equal(told.as_str(), put.as_str())?;
        // It holds once.
        cx.check("BLOB-COND-2", "put that expects the version before")
            .fails(
                container.replace("object", b"late", &version).await,
                Kind::PreconditionFailed,
            )?;
        cx.ok(container.put("other", &bytes).await)?;
    }
    Ok(())
}
