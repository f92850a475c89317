use conformance_kit::prelude::*;

use crate::objects::unless_failed;
use blobstore::patiently;

case! {
    actors: 8,
    id: "blob.cond.race.one-creator",
    title: "of several instances that create one object exactly one succeeds, and its bytes are there",
    clauses: ["BLOB-COND-4", "BLOB-COND-2"],
    timeout_s: 60,
}

const NAMES: usize = 12;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Tries to create every object; returns those that it created. They meet
/// before each: else the first of them would win all.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let bytes = format!("of actor {index}");
    let mut created = Vec::new();
    for number in 0..NAMES {
        let name = format!("object-{number}");
        blobstore::meet(cx, &name, index).await?;
        let ended = patiently(cx, async || container.create(&name, bytes.as_bytes()).await);
        let check = cx.check("BLOB-COND-2", "create while others create");
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
        cx.check("BLOB-COND-4", "count the instances that created an object")
            .equal(winners.len(), 1)?;
        let bytes = format!("of actor {}", winners[0]);
        cx.check("BLOB-COND-4", "get of an object that was created once")
            .value(container.get(&name).await, bytes.as_bytes())?;
    }
    Ok(())
}
