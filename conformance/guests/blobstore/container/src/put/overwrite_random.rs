use blobstore::PutOptions;
use conformance_kit::prelude::*;

case! {
    id: "blob.put.overwrite-random",
    title: "states of any size, content type and metadata replace one another whole",
    clauses: ["BLOB-PUT-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..40_u64 {
        let size = cx.random_below(1 + (1 << (round % 17))) as usize;
        let bytes = cx.random_bytes(size);
        let key = format!("key-{}", cx.random_below(4));
        let state = PutOptions {
            content_type: (cx.random_below(2) == 0).then(|| format!("text/{}", cx.random_text(5))),
            metadata: (0..cx.random_below(2))
                .map(|_| (key.clone(), cx.random_text(8)))
                .collect(),
            size: (cx.random_below(2) == 0).then_some(size as u64),
            expected: None,
        };
        cx.ok(container.put_with("object", &bytes, state.clone()).await)?;
        cx.check("BLOB-PUT-2", &format!("get of state {round}"))
            .value(container.get("object").await, &bytes)?;
        let info = cx.info(&container, "object").await?;
        let content_type = state
            .content_type
            .unwrap_or_else(|| "application/octet-stream".to_owned());
        cx.check("BLOB-PUT-2", &format!("content type of state {round}"))
            .equal(info.content_type, content_type)?;
        cx.check("BLOB-PUT-2", &format!("metadata of state {round}"))
            .that(
                info.metadata == state.metadata,
                "the entries of this state alone",
                &info.metadata.len(),
            )?;
    }
    Ok(())
}
