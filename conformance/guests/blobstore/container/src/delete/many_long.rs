use conformance_kit::prelude::*;

use crate::listing::{NONE, fill, long_names};

case! {
    /// Together they are about a mebibyte, and several in a text that escapes them.
    id: "blob.delete.many.long",
    title: "delete-many takes a thousand of the longest names in one call",
    clauses: ["BLOB-DELETEMANY-1", "BLOB-DELETEMANY-2"],
    lane: Lane::Slow,
    timeout_s: 60,
}

/// One in so many of them is there.
const PRESENT: usize = 50;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let count = cx.limit("blob.delete.max-names")?.min(1_000) as usize;
    let names = long_names(cx, count)?;
    let present: Vec<&String> = names.iter().rev().step_by(PRESENT).collect();
    fill(cx, &container, &present).await?;
    cx.check("BLOB-DELETEMANY-2", "delete-many of many long names")
        .ok(container.delete_many(&names).await)?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-DELETEMANY-1", "list after all names were deleted")
        .keys(&listed, NONE)
}
