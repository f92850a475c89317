use blobstore::rounds;
use conformance_kit::prelude::*;

use crate::states::{is_told_whole, is_whole, write};

case! {
    actors: 4,
    id: "blob.race.one-object",
    title: "of several that write one object at a time one has written all that is there at the end",
    clauses: ["BLOB-PUT-4", "BLOB-DATA-3"],
    timeout_s: 60,
}

const SIZE: usize = 600_000;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    write(cx, &container, "object", 4, SIZE).await.map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    rounds(cx, index, 4, async |_| {
        write(cx, &container, "object", index as usize, SIZE).await?;
        let info = cx.info(&container, "object").await?;
        is_told_whole(cx, "BLOB-DATA-3", &info, SIZE)
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let found = container.begin_get("object", None, None).await;
    let content = cx
        .check("BLOB-PUT-4", "get after all writers ended")
        .some(found)?;
    is_whole(cx, "BLOB-PUT-4", content, SIZE).await
}
