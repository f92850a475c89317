use blobstore::{Precondition, PutOptions};
use conformance_kit::prelude::*;

use crate::support::sized;

case! {
    /// So large, without a size, that a service takes it in several parts; not every
    /// call of theirs takes conditions.
    id: "blob.cond.unsized-large",
    title: "conditions of puts of 12 MiB without a size hold and fail like those of small ones",
    clauses: ["BLOB-COND-1", "BLOB-COND-2", "TYP-VER-1"],
    lane: Lane::Slow,
    timeout_s: 60,
}

const SIZE: usize = 12 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let block = cx.random_bytes(1 << 16);
    let large = |first: u8| {
        let mut bytes = block.repeat(SIZE / block.len());
        bytes[0] = first;
        bytes
    };
    let failed = Kind::PreconditionFailed;
    let first = cx
        .check("BLOB-COND-1", "create a large object")
        .ok(container.create("object", &large(1)).await)?;
    cx.check("BLOB-COND-2", "create a large object that is there")
        .fails(container.create("object", &large(2)).await, failed)?;
    // One that is announced can go another way.
    let announced = PutOptions {
        expected: Some(Precondition::Absent),
        ..sized(SIZE)
    };
    let created = container.put_with("object", &large(2), announced).await;
    cx.check(
        "BLOB-COND-2",
        "create an object of a known size that is there",
    )
    .fails(created, failed)?;
    cx.check("BLOB-COND-2", "replace an absent object by a large one")
        .fails(container.replace("absent", &large(3), &first).await, failed)?;
    let second = cx
        .check("BLOB-COND-1", "replace a large object by its version")
        .ok(container.replace("object", &large(4), &first).await)?;
    // The very bytes once more: a write all the same.
    let third = cx.ok(container.put("object", &large(4)).await)?;
    cx.check("TYP-VER-1", "compare the versions of equal large puts")
        .that(third != second, "another version", &third)?;
    for old in [&first, &second] {
        cx.check("BLOB-COND-2", "replace a large object by an old version")
            .fails(container.replace("object", &large(5), old).await, failed)?;
    }
    cx.check("BLOB-COND-2", "get after large puts that failed")
        .value(container.get("object").await, &large(4))?;
    cx.check("BLOB-COND-2", "get of an object that was never created")
        .none(container.get("absent").await)
}
