use conformance_kit::prelude::*;

case! {
    id: "blob.put.get",
    title: "an object that was put is delivered byte for byte",
    clauses: ["BLOB-PUT-1", "BLOB-GET-1", "BLOB-GET-4", "BLOB-GET-9", "BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(10_000);
    cx.check("BLOB-PUT-1", "put of a new object")
        .ok(container.put("object", &bytes).await)?;
    let content = container.begin_get("object", None, None).await;
    let mut content = cx
        .check("BLOB-GET-4", "get without a range")
        .some(content)?;
    let read = content.read_exact(bytes.len()).await;
    cx.check("BLOB-DATA-1", "read all bytes")
        .bytes(&read, &bytes)?;
    cx.check("BLOB-GET-9", "wait for the end after the last byte")
        .ok(content.end().await)?;
    cx.check("BLOB-GET-1", "get once more")
        .value(container.get("object").await, &bytes)
}
