use conformance_kit::prelude::*;

use crate::meanwhile::{Change, decides_late};

case! {
    /// Of more bytes than a provider holds some are with the service before the others
    /// come: it may have looked at the object by then.
    id: "blob.append.changed-meanwhile-large",
    title: "an append of 18 MiB adds to the object that is there when its stream has ended, or fails",
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
    lane: Lane::Slow,
    timeout_s: 120,
}

/// The half that comes before the change is more than one block of any service.
const SIZE: usize = 18 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let added = cx.random_bytes(SIZE);
    for (change, is_placed) in [
        (Change::Created, true),
        (Change::Grown, true),
        (Change::Overwritten, false),
        (Change::Deleted, false),
    ] {
        decides_late(cx, &container, change, &added, is_placed).await?;
    }
    Ok(())
}
