use blobstore::{PutOptions, range};
use conformance_kit::prelude::*;

case! {
    id: "blob.get.info",
    title: "the info beside what get delivers is that of head, field by field",
    clauses: ["BLOB-HEAD-1", "BLOB-DATA-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 1, 1_000, 100_000] {
        let written = PutOptions {
            content_type: Some(format!("text/x-{size}")),
            metadata: vec![("size".to_owned(), size.to_string())],
            size: None,
            expected: None,
        };
        let bytes = cx.random_bytes(size);
        cx.ok(container.put_with("object", &bytes, written).await)?;
        let head = cx.info(&container, "object").await?;
        for range in [None, range(0, None), range(0, 1), range(size as u64 / 2, 7)] {
            let found = container.begin_get("object", range, None).await;
            let content = cx.check("BLOB-HEAD-1", "get after head").some(found)?;
            let info = &content.info;
            let check = |message| cx.check("BLOB-HEAD-1", message);
            check("size beside what get delivers").equal(info.size, head.size)?;
            check("version beside what get delivers")
                .equal(info.version.as_str(), head.version.as_str())?;
            check("time beside what get delivers").equal(info.modified, head.modified)?;
            check("content type beside what get delivers")
                .equal(info.content_type.as_str(), head.content_type.as_str())?;
            check("metadata beside what get delivers").that(
                info.metadata == head.metadata,
                "the metadata of head",
                info,
            )?;
        }
        let found = container.begin_get("object", None, None).await;
        let content = cx.check("BLOB-DATA-3", "get after head").some(found)?;
        cx.check("BLOB-DATA-3", "bytes of the state that head tells of")
            .delivers(content, &bytes)
            .await?;
    }
    Ok(())
}
