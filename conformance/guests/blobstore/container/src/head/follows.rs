use conformance_kit::prelude::*;

use crate::facts::{same, told_by_get};

case! {
    id: "blob.head.follows",
    title: "head follows every put, copy, move and deletion at once",
    clauses: ["BLOB-HEAD-1", "BLOB-HEAD-2", "BLOB-SESSION-3"],
}

async fn has(cx: &Context, container: &Container, name: &str, size: usize) -> Outcome {
    let info = container.head(name).await;
    let info = cx
        .check("BLOB-SESSION-3", "head after a write")
        .some(info)?;
    cx.check("BLOB-HEAD-2", "head after a write")
        .equal(info.size, size as u64)?;
    let told = told_by_get(cx, container, name).await?;
    same(
        cx.check("BLOB-HEAD-1", "compare with what get tells"),
        &info,
        &told,
    )
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let gone = |message| cx.check("BLOB-SESSION-3", message);
    for (round, size) in [700, 7, 0, 70_000, 1].into_iter().enumerate() {
        let bytes = cx.random_bytes(size);
        cx.ok(container.put("object", &bytes).await)?;
        has(cx, &container, "object", size).await?;
        cx.ok(container.copy("object", &container, "copy").await)?;
        has(cx, &container, "copy", size).await?;
        cx.ok(container.r#move("copy", &container, "moved").await)?;
        has(cx, &container, "moved", size).await?;
        gone("head of the source of a move").none(container.head("copy").await)?;
        if round % 2 == 0 {
            cx.ok(container.delete("moved").await)?;
        } else {
            cx.ok(container.delete_many(&["moved"]).await)?;
        }
        gone("head of a deleted object").none(container.head("moved").await)?;
    }
    Ok(())
}
