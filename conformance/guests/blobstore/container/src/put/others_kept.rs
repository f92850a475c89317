use conformance_kit::prelude::*;

use crate::support::Kept;

case! {
    /// Names that a file system or a pattern could take for the same or for folders of
    /// one another.
    id: "blob.put.others-kept",
    title: "a put leaves every other object as it was, however near its name is",
    clauses: ["BLOB-PUT-3"],
}

const NAMES: [&str; 12] = [
    "a", "a/", "a/b", "a/b/", "a/b/c", "a//b", "a/b.c", "A/b", "a/B", "a/bb", "a/b*", "b",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut kept: Vec<Kept> = Vec::new();
    for name in NAMES {
        kept.push(Kept::put(cx, &container, name, &cx.random_bytes(50)).await?);
    }
    for name in ["a/b", "a", "a/b/c", "a/", "new", "a/b/new"] {
        let new = Kept::put(cx, &container, name, &cx.random_bytes(60)).await?;
        kept.retain(|object| object.name() != name);
        for object in &kept {
            object.is_still(cx, "BLOB-PUT-3", &container).await?;
        }
        kept.push(new);
    }
    Ok(())
}
