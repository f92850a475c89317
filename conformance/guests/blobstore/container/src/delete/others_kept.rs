use conformance_kit::prelude::*;

use crate::objects::{is_exactly, put_all, with_bytes};

case! {
    /// What a folder, a pattern, a prefix or another spelling would take along.
    id: "blob.delete.others-kept",
    title: "a delete leaves every other object as it was, however alike its name is",
    clauses: ["BLOB-DELETE-3"],
}

const GONE: [&str; 8] = ["a", "a/b", "name*", "*", "%", "é", "n\0", "."];
const KEPT: [&str; 18] = [
    "a/", "a/b/c", "a/c", "aa", "a\0", "A", "a//", "/a", "name", "names", "name**", "b",
    "e\u{301}", "n", "n\0\0", "..", "%25", " a",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let kept = with_bytes(cx, &KEPT);
    put_all(cx, &container, &kept).await?;
    for present in [true, false] {
        if present {
            put_all(cx, &container, &with_bytes(cx, &GONE)).await?;
        }
        for name in GONE {
            cx.ok(container.delete(name).await)?;
        }
        is_exactly(cx, "BLOB-DELETE-3", &container, &kept).await?;
    }
    Ok(())
}
