use blobstore::{PutOptions, append::append, options};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.adds",
    title: "append adds behind what put, copy and append wrote, and leaves the rest of the object as it is",
    clauses: ["BLOB-APPEND-1", "BLOB-APPEND-2", "BLOB-APPEND-6"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let first = cx.random_bytes(1_000);
    let written = PutOptions {
        content_type: Some("text/log".to_owned()),
        metadata: vec![("of".to_owned(), "the log".to_owned())],
        ..options()
    };
    cx.ok(container.put_with("put", &first, written).await)?;
    cx.ok(container.copy("put", &container, "copied").await)?;
    for name in ["put", "copied"] {
        let mut whole = first.clone();
        let mut before = cx.info(&container, name).await?;
        // No bytes at all, and what append itself wrote.
        for size in [1, 500, 0, 7] {
            let bytes = cx.random_bytes(size);
            let appended = cx
                .check("BLOB-APPEND-1", "append to an object")
                .ok(append(&container, name, &bytes, None).await)?;
            whole.extend(bytes);
            cx.check("BLOB-APPEND-6", "compare the size that append returned")
                .equal(appended.size, whole.len() as u64)?;
            cx.check("BLOB-APPEND-1", "get after append")
                .value(container.get(name).await, &whole)?;
            let info = cx.info(&container, name).await?;
            cx.check("BLOB-APPEND-2", "head after append").that(
                info.content_type == before.content_type && info.metadata == before.metadata,
                "the content type and the metadata of before",
                &info,
            )?;
            cx.check("BLOB-APPEND-6", "compare the versions of append and head")
                .equal(appended.version, info.version.clone())?;
            cx.check("BLOB-APPEND-6", "compare the versions before and after")
                .that(info.version != before.version, "another version", &info)?;
            before = info;
        }
    }
    // One did not grow with the other.
    let [put, copied] = [
        cx.ok(container.get("put").await)?,
        cx.ok(container.get("copied").await)?,
    ];
    cx.check(
        "BLOB-APPEND-1",
        "compare an object and its copy after appends to both",
    )
    .that(put != copied, "bytes of their own", &put)
}
