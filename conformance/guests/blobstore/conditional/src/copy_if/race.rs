use conformance_kit::prelude::*;

use crate::support::{left, noted, unless_failed};
use blobstore::{PutOptions, conditional_copy::copy_if, options, patiently};

case! {
    /// Some names are absent, some have a state that all of them expect. Each second
    /// instance puts what the others copy.
    actors: 6,
    id: "blob.copy-if.race",
    title: "of several instances that copy or put to one name, which is absent or has the version that they expect, exactly one succeeds",
    clauses: ["BLOB-COND-4", "BLOB-COPY-IF-1"],
    requires: ["blob.conditional-copy"],
    timeout_s: 60,
}

const ACTORS: usize = 6;
const NAMES: usize = 10;

fn bytes(actor: usize) -> Vec<u8> {
    format!("of actor {actor}").into_bytes()
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for actor in 0..ACTORS {
        let name = format!("source-{actor}");
        cx.ok(container.put(&name, &bytes(actor)).await)?;
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
            if index.is_multiple_of(2) {
                return copy_if(&container, &source, None, &container, &name, expected).await;
            }
            let options = PutOptions {
                expected,
                ..options()
            };
            let bytes = bytes(index as usize);
            container.put_with(&name, &bytes, options).await
        };
        let check = cx.check("BLOB-COPY-IF-1", "copy-if or put while others do");
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
        cx.check(
            "BLOB-COND-4",
            "count the instances that copied or put to one name",
        )
        .equal(winners.len(), 1)?;
        cx.check("BLOB-COND-4", "get of what one instance wrote")
            .value(container.get(&name).await, &bytes(winners[0]))?;
    }
    Ok(())
}
