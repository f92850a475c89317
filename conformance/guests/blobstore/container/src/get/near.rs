use conformance_kit::prelude::*;

case! {
    id: "blob.get.near",
    title: "get returns none for a name that was never written, however near others are",
    clauses: ["BLOB-GET-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for name in ["a", "folder/name", "folder/name/below", "name-10"] {
        cx.ok(container.put(name, b"bytes").await)?;
    }
    for name in [
        "A",
        "a/",
        "/a",
        "aa",
        "a\0",
        "folder",
        "folder/",
        "folder/nam",
        "folder/name/",
        "name-1",
        "name-100",
        "*",
        "folder/*",
    ] {
        cx.check("BLOB-GET-2", &format!("get of {name:?}, which is absent"))
            .none(container.get(name).await)?;
    }
    Ok(())
}
