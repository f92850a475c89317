use conformance_kit::prelude::*;

use crate::support::{left, noted, unless_failed};
use blobstore::{conditional_copy::copy_if, patiently};

case! {
    /// Some names are absent, some have a state that all of them expect.
    actors: 6,
    id: "blob.copy-if.race",
    title: "of several instances that copy to one name, which is absent or has the version that they expect, exactly one succeeds",
    clauses: ["BLOB-COND-4", "BLOB-COPY-IF-1"],
    requires: ["blob.conditional-copy"],
    timeout_s: 60,
}

const ACTORS: usize = 6;
const NAMES: usize = 10;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for actor in 0..ACTORS {
        let bytes = format!("of actor {actor}");
        cx.ok(container
            .put(&format!("source-{actor}"), bytes.as_bytes())
            .await)?;
    }
    for number in (0..NAMES).step_by(2) {
        noted(cx, &container, &format!("object-{number}")).await?;
    }
    Ok(())
}

/// They meet before each name: else the first of them would win all.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let source = format!("source-{index}");
    let mut won = Vec::new();
    for number in 0..NAMES {
        let name = format!("object-{number}");
        let expected = left(cx, &container, &name).await?;
        blobstore::meet(cx, &name, index).await?;
        let copy = async || {
            let expected = expected.clone();
            copy_if(&container, &source, None, &container, &name, expected).await
        };
        let check = cx.check("BLOB-COPY-IF-1", "copy-if while others copy");
        if unless_failed(check, patiently(cx, copy).await)?.is_some() {
            won.push(name);
        }
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    for number in 0..NAMES {
        let name = format!("object-{number}");
        let winners: Vec<usize> = (0..seen.len())
            .filter(|actor| seen[*actor].contains(&name))
            .collect();
        cx.check("BLOB-COND-4", "count the instances that copied to one name")
            .equal(winners.len(), 1)?;
        let bytes = format!("of actor {}", winners[0]);
        cx.check("BLOB-COND-4", "get of a copy that one instance made")
            .value(container.get(&name).await, bytes.as_bytes())?;
    }
    Ok(())
}
