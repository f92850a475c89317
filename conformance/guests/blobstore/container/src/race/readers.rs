use blobstore::rounds;
use conformance_kit::prelude::*;

use crate::states::{is_told_whole, is_whole, write};

case! {
    actors: 5,
    id: "blob.race.readers",
    title: "readers beside writers get whole states, with the info of the same state",
    clauses: ["BLOB-DATA-3", "BLOB-GET-1"],
    timeout_s: 60,
}

const SIZE: usize = 30_000;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    write(cx, &container, "object", 5, SIZE).await.map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    rounds(cx, index, 15, async |round| {
        if index < 2 {
            let number = 2 * round + index as usize;
            write(cx, &container, "object", number, SIZE).await?;
            return Ok(());
        }
        let found = container.begin_get("object", None, None).await;
        let content = cx
            .check("BLOB-GET-1", "get while others write")
            .some(found)?;
        is_whole(cx, "BLOB-DATA-3", content, SIZE).await?;
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
        .check("BLOB-GET-1", "get after all writers ended")
        .some(found)?;
    is_whole(cx, "BLOB-DATA-3", content, SIZE).await
}
