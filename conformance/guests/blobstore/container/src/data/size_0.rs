use conformance_kit::prelude::*;

case! {
    id: "blob.data.size-0",
    title: "an object of no bytes is present in every function",
    clauses: ["BLOB-DATA-2", "BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("new", b"").await)?;
    cx.ok(container.put("emptied", b"bytes").await)?;
    cx.ok(container.put("emptied", b"").await)?;
    for name in ["new", "emptied"] {
        cx.check("BLOB-DATA-2", "get of an object of no bytes")
            .value(container.get(name).await, b"")?;
        let info = cx
            .check("BLOB-DATA-2", "head of an object of no bytes")
            .some(container.head(name).await)?;
        cx.check("BLOB-DATA-1", "size of an object of no bytes")
            .equal(info.size, 0)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-DATA-2", "list of objects of no bytes")
        .keys(&listed, &["new", "emptied"])?;
    let (streamed, end) = container.names("").collect().await;
    cx.ok(end)?;
    cx.check("BLOB-DATA-2", "names of objects of no bytes")
        .keys(&streamed, &["new", "emptied"])
}
