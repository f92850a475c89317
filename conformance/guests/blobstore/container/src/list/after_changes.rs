use conformance_kit::prelude::*;

use crate::listing::{listed_by, some_names};

case! {
    id: "blob.list.after-changes",
    title: "a list shows at once what the session put, copied, moved and deleted",
    clauses: ["BLOB-LIST-1", "BLOB-SESSION-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut present: Vec<String> = Vec::new();
    for step in 0..24 {
        let new = some_names(cx, "a/", 1).remove(0);
        let old = present.first().cloned();
        match (step % 4, old) {
            (1, Some(old)) => {
                cx.ok(container.copy(&old, &container, &new).await)?;
                present.push(new);
            }
            (2, Some(old)) => {
                cx.ok(container.r#move(&old, &container, &new).await)?;
                present.remove(0);
                present.push(new);
            }
            (3, Some(old)) if step > 8 => {
                cx.ok(container.delete(&old).await)?;
                present.remove(0);
            }
            _ => {
                cx.ok(container.put(&new, b"bytes").await)?;
                present.push(new);
            }
        }
        let clause = ["BLOB-LIST-1", "BLOB-SESSION-3"][step / 4 % 2];
        let lists = [("", None), ("a/", Some("/")), ("", Some("/"))];
        listed_by(cx, clause, &container, &present, &lists).await?;
    }
    Ok(())
}
