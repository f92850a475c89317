use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};

case! {
    id: "blob.copy.same",
    title: "a copy has the bytes, the content type and the metadata; the source stays as it was",
    clauses: ["BLOB-COPY-1", "BLOB-COPY-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 1, 20_000] {
        let (bytes, options) = (cx.random_bytes(size), some_options(cx));
        let written = container.put_with("object", &bytes, options.clone()).await;
        let version = cx.ok(written)?;
        let before = cx.info(&container, "object").await?;
        let new_name = format!("copies/{size}");
        let copied = container.copy("object", &container, &new_name).await;
        let copied = cx.check("BLOB-COPY-1", "copy of an object").ok(copied)?;
        let check = cx.check("BLOB-COPY-1", "read a copy");
        let copy = is_state(check, &container, &new_name, &bytes, &options).await?;
        check.equal(copy.version, copied)?;
        let check = cx.check("BLOB-COPY-2", "read what was copied");
        let source = is_state(check, &container, "object", &bytes, &options).await?;
        check.equal(source.version, version)?;
        check.equal(source.modified, before.modified)?;
    }
    // Without a content type and metadata there are none to invent.
    cx.ok(container.put("plain", b"bytes").await)?;
    cx.ok(container.copy("plain", &container, "copy.html").await)?;
    let check = cx.check("BLOB-COPY-1", "read a copy of an object without metadata");
    let plain = blobstore::options();
    is_state(check, &container, "copy.html", b"bytes", &plain)
        .await
        .map(drop)
}
