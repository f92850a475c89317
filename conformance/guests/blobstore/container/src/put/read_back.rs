use blobstore::PutOptions;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.put.read-back",
    title: "a put makes the object present with its bytes, content type and metadata",
    clauses: ["BLOB-PUT-1", "BLOB-GET-1", "BLOB-META-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 100_001);
    let written = PutOptions {
        content_type: Some("text/x-log; charset=utf-8".to_owned()),
        metadata: vec![("origin".to_owned(), "case".to_owned())],
        size: Some(bytes.len() as u64),
        expected: None,
    };
    let put = container.put_with("object", &bytes, written.clone()).await;
    cx.check("BLOB-PUT-1", "put with all options").ok(put)?;
    let found = container.begin_get("object", None, None).await;
    let content = cx.check("BLOB-GET-1", "get after put").some(found)?;
    let info = content.info.clone();
    cx.check("BLOB-PUT-1", "size of what was put")
        .equal(info.size, bytes.len() as u64)?;
    cx.check("BLOB-META-1", "content type of what was put")
        .equal(Some(info.content_type), written.content_type)?;
    cx.check("BLOB-META-1", "metadata of what was put").that(
        info.metadata == written.metadata,
        "the entry that was written",
        &info.metadata.len(),
    )?;
    cx.check("BLOB-PUT-1", "read what was put")
        .delivers(content, &bytes)
        .await
}
