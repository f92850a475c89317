use blobstore::{history, range};
use conformance_kit::prelude::*;

use crate::states_of::{Seen, seen};

case! {
    id: "blob.history.ranges",
    title: "a range of an earlier state delivers what it would deliver of the present one",
    clauses: ["BLOB-GETVERSION-1", "BLOB-GETVERSION-2"],
    requires: ["blob.history"],
}

/// The last one is the present state for a while, and neither the largest nor the smallest:
/// what a range covers is for the state to say that it is of.
const SIZES: [usize; 5] = [0, 1, 10, 3_000, 5];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states: Vec<Seen> = Vec::new();
    for size in SIZES {
        let bytes = cx.random_bytes(size);
        cx.ok(container.put("object", &bytes).await)?;
        states.push(seen(cx, &container, "object", bytes).await?);
    }
    // All but the last are overwritten; then that one is deleted.
    for is_deleted in [false, true] {
        if is_deleted {
            cx.ok(container.delete("object").await)?;
        }
        for state in &states {
            ranges_of(cx, &container, state).await?;
        }
    }
    for part in [range(0, None), range(5, 1), range(u64::MAX, None)] {
        let unknown = history::begin_get(&container, "object", "unknown", part).await;
        cx.check("BLOB-GETVERSION-2", "get-version of a range of no state")
            .none(unknown)?;
    }
    Ok(())
}

async fn ranges_of(cx: &Context, container: &Container, state: &Seen) -> Outcome {
    let Seen { bytes, info } = state;
    let size = bytes.len() as u64;
    let lengths = [
        None,
        Some(0),
        Some(1),
        Some(size),
        Some(size + 1),
        Some(u64::MAX),
    ];
    for offset in [
        0,
        1,
        size / 2,
        size.saturating_sub(1),
        size,
        size + 1,
        u64::MAX,
    ] {
        for length in lengths {
            let message = format!("get-version of {length:?} from {offset} on, out of {size}");
            let check = cx.check("BLOB-GETVERSION-1", &message);
            let part = range(offset, length);
            let found = history::begin_get(container, "object", &info.version, part).await;
            if offset > size {
                check.fails(found, Kind::OutOfRange)?;
                continue;
            }
            let content = check.some(found)?;
            check.equal(content.info.size, size)?;
            check.equal(content.info.version.as_str(), info.version.as_str())?;
            let behind = size.min(offset.saturating_add(length.unwrap_or(u64::MAX)));
            let expected = &bytes[offset as usize..behind as usize];
            check.delivers(content, expected).await?;
        }
    }
    Ok(())
}
