use conformance_kit::prelude::*;

use crate::objects::unless_failed;
use blobstore::patiently;

case! {
    /// So large, without a size, that a service takes it in several parts.
    actors: 4,
    id: "blob.cond.race.one-creator-large",
    title: "of several instances that create one large object exactly one succeeds",
    clauses: ["BLOB-COND-4"],
    lane: Lane::Slow,
    timeout_s: 90,
}

const NAMES: usize = 3;
const SIZE: usize = 6 << 20;

/// What an actor writes: its number all over.
fn bytes(index: usize) -> Vec<u8> {
    vec![index as u8 + 1; SIZE]
}

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let bytes = bytes(index as usize);
    let mut created = Vec::new();
    for number in 0..NAMES {
        let name = format!("object-{number}");
        blobstore::meet(cx, &name, index).await?;
        let ended = patiently(cx, async || container.create(&name, &bytes).await);
        let check = cx.check(
            "BLOB-COND-4",
            "create a large object while others create it",
        );
        if unless_failed(check, ended.await)?.is_some() {
            created.push(name);
        }
    }
    Ok(created)
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
            "count the instances that created a large object",
        )
        .equal(winners.len(), 1)?;
        cx.check("BLOB-COND-4", "get of a large object that was created once")
            .value(container.get(&name).await, &bytes(winners[0]))?;
    }
    Ok(())
}
