use conformance_kit::prelude::*;

use crate::listing::listed_by;

case! {
    id: "blob.list.delimiter-last-gone",
    title: "a prefix is in the list as long as one of its objects is there",
    clauses: ["BLOB-LIST-4", "BLOB-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut present: Vec<String> = Vec::new();
    let lists = [("", Some("/")), ("a", Some("/")), ("a/", Some("/"))];
    for _ in 0..2 {
        for name in ["a/1", "b", "a/2", "a/b/c", "a"] {
            cx.ok(container.put(name, b"bytes").await)?;
            present.push(name.to_owned());
            listed_by(cx, "BLOB-LIST-4", &container, &present, &lists).await?;
        }
        while let Some(name) = present.pop() {
            cx.ok(container.delete(&name).await)?;
            listed_by(cx, "BLOB-LIST-1", &container, &present, &lists).await?;
        }
    }
    Ok(())
}
