use blobstore::{patiently, rounds};
use conformance_kit::prelude::*;

use crate::states::{is_told_whole, is_whole, write};

case! {
    actors: 4,
    id: "blob.race.put-and-delete",
    title: "beside puts and deletions readers see a whole object or none",
    clauses: ["BLOB-DATA-3", "BLOB-PUT-4"],
    timeout_s: 60,
}

const SIZE: usize = 30_000;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    write(cx, &container, "object", 0, SIZE).await.map(drop)
}

async fn read(cx: &Context, container: &Container, clause: &str) -> Outcome {
    let found = container.begin_get("object", None, None).await;
    let found = cx
        .check(clause, "get beside puts and deletions")
        .ok(found)?;
    if let Some(content) = found {
        is_whole(cx, clause, content, SIZE).await?;
    }
    let info = container.head("object").await;
    match cx
        .check(clause, "head beside puts and deletions")
        .ok(info)?
    {
        Some(info) => is_told_whole(cx, clause, &info, SIZE),
        None => Ok(()),
    }
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    rounds(cx, index, 15, async |round| match index {
        0 => write(cx, &container, "object", round, SIZE).await.map(drop),
        1 if round % 3 == 0 => {
            let delete = async || container.delete("object").await;
            cx.ok(patiently(cx, delete).await)
        }
        _ => read(cx, &container, "BLOB-DATA-3").await,
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    read(cx, &container, "BLOB-PUT-4").await
}
