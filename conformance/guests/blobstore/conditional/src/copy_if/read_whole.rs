use conformance_kit::prelude::*;

use crate::support::version;
use crate::whole::{States, read};
use blobstore::{conditional_copy::copy_if, patiently};

case! {
    /// One copies, now the one and now the other source; the others read.
    actors: 3,
    id: "blob.copy-if.read-whole",
    title: "who reads an object while copy-if overwrites it again and again gets whole states",
    clauses: ["BLOB-DATA-3", "BLOB-DATA-4"],
    requires: ["blob.conditional-copy"],
    timeout_s: 30,
}

/// More than one piece, and little enough to be read often.
const STATES: States = States(200_000);
const SHARE: usize = 8;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (name, number) in [("source-0", 0), ("source-1", 1), ("target", 2)] {
        STATES.put(cx, &container, name, number).await?;
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut present = cx.info(&container, "target").await?.version;
    blobstore::rounds(cx, index, SHARE, async |round| {
        if index == 0 {
            let source = format!("source-{}", round % 2);
            // With a condition and without one.
            let expected = version(&present).filter(|_| round % 4 < 2);
            let copy = async || {
                let expected = expected.clone();
                copy_if(&container, &source, None, &container, "target", expected).await
            };
            present = cx.ok(patiently(cx, copy).await)?;
            return Ok(());
        }
        let found = read(cx, &container, "target").await;
        let found = cx
            .check("BLOB-DATA-4", "get while copy-if overwrites the object")
            .some(found)?;
        let check = cx.check("BLOB-DATA-3", "read while copy-if overwrites the object");
        STATES.is_one(check, &found)?;
        let found = container.head("target").await;
        let info = cx
            .check("BLOB-DATA-4", "head while copy-if overwrites the object")
            .some(found)?;
        STATES.told(check, &info).map(drop)
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let check = cx.check("BLOB-DATA-3", "read after the last copy-if");
    let found = check.some(read(cx, &container, "target").await)?;
    let number = STATES.is_one(check, &found)?;
    check.that(number < 2, "a copy of one of the sources", &number)
}
