use conformance_kit::prelude::*;

case! {
    id: "blob.put.nothing-written",
    title: "a stream that ends without a byte makes an object of no bytes",
    clauses: ["BLOB-DATA-2", "BLOB-STREAM-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("old", b"bytes").await)?;
    for name in ["new", "old"] {
        let (writer, answer) = container.begin_put(name, blobstore::options());
        let (_, put) = both(writer.finish(), answer.wait()).await;
        cx.check("BLOB-STREAM-1", "put of a stream that ends at once")
            .ok(put)?;
        cx.check("BLOB-DATA-2", "get after a stream without a byte")
            .value(container.get(name).await, b"")?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-DATA-2", "list after streams without a byte")
        .keys(&listed, &["new", "old"])
}
