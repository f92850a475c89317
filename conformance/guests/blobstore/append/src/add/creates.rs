use blobstore::append::append;
use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.creates",
    title: "append writes an absent object as a put without options would",
    clauses: ["BLOB-APPEND-3"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("put", b"").await)?;
    let put = cx.info(&container, "put").await?;
    let described = PutOptions {
        content_type: Some("text/old".to_owned()),
        metadata: vec![("old".to_owned(), "entry".to_owned())],
        ..options()
    };
    cx.ok(container.put_with("deleted", b"old", described).await)?;
    cx.ok(container.delete("deleted").await)?;
    for (name, size) in [("new", 1_000), ("empty", 0), ("deleted", 10)] {
        let bytes = cx.random_bytes(size);
        let appended = cx
            .check("BLOB-APPEND-3", "append to an absent object")
            .ok(append(&container, name, &bytes, None).await)?;
        cx.check("BLOB-APPEND-3", "compare the size")
            .equal(appended.size, size as u64)?;
        cx.check("BLOB-APPEND-3", "get after append")
            .value(container.get(name).await, &bytes)?;
        let info = cx.info(&container, name).await?;
        cx.check("BLOB-APPEND-3", "head after append").that(
            info.content_type == put.content_type && info.metadata.is_empty(),
            "content type and metadata as put leaves them",
            &info,
        )?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-APPEND-3", "list after all")
        .keys(&listed, &["put", "new", "empty", "deleted"])
}
