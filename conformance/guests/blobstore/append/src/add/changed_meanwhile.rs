use conformance_kit::prelude::*;

use crate::meanwhile::{Change, decides_late};

case! {
    /// The place fitted when the append began, or the object was another one then.
    id: "blob.append.changed-meanwhile",
    title: "an append adds to the object that is there when its stream has ended, or fails if its place is no longer the end",
    clauses: [
        "BLOB-COND-3",
        "BLOB-APPEND-1",
        "BLOB-APPEND-4",
        "BLOB-APPEND-2",
        "BLOB-APPEND-3",
        "BLOB-APPEND-6",
        "BLOB-COND-1",
    ],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [4, 100_000] {
        let added = cx.random_bytes(size);
        for change in [
            Change::Created,
            Change::Overwritten,
            Change::SameSize,
            Change::Grown,
            Change::Deleted,
        ] {
            for is_placed in [true, false] {
                decides_late(cx, &container, change, &added, is_placed).await?;
            }
        }
    }
    Ok(())
}
