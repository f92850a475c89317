use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

case! {
    id: "blob.put.recreated",
    title: "an object that was deleted comes back with nothing of its earlier life",
    clauses: ["BLOB-PUT-1", "BLOB-GET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..4 {
        let before = PutOptions {
            content_type: Some("text/plain".to_owned()),
            metadata: vec![("life".to_owned(), round.to_string())],
            ..options()
        };
        let long = cx.random_bytes(5_000);
        cx.ok(container.put_with("object", &long, before).await)?;
        cx.ok(container.delete("object").await)?;
        let bytes = cx.random_bytes(100 * round);
        cx.check("BLOB-PUT-1", "put of an object that was deleted")
            .ok(container.put("object", &bytes).await)?;
        cx.check("BLOB-GET-1", "get of an object that was created again")
            .value(container.get("object").await, &bytes)?;
        let info = cx.info(&container, "object").await?;
        cx.check("BLOB-PUT-1", "content type after it was created again")
            .equal(info.content_type.as_str(), "application/octet-stream")?;
        cx.check("BLOB-PUT-1", "metadata after it was created again")
            .that(info.metadata.is_empty(), "no entries", &info)?;
        cx.ok(container.delete("object").await)?;
    }
    Ok(())
}
