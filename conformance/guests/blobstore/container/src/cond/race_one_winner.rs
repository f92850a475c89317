use conformance_kit::prelude::*;

use crate::objects::unless_failed;
use blobstore::patiently;

case! {
    actors: 8,
    id: "blob.cond.race.one-winner",
    title: "of several instances that replace one version by other bytes exactly one succeeds",
    clauses: ["BLOB-COND-4", "BLOB-COND-3"],
    timeout_s: 60,
}

const NAMES: usize = 10;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for number in 0..NAMES {
        let version = cx.ok(container.put(&format!("object-{number}"), b"old").await)?;
        let name = format!("version-{number}");
        cx.ok(container.put(&name, version.as_bytes()).await)?;
    }
    Ok(())
}

/// Replaces every object by the version that the first instance saw; returns what it
/// won, with its version. They meet before each: else the first of
/// them would win all.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut versions = Vec::new();
    for number in 0..NAMES {
        let version = cx.ok(container.get(&format!("version-{number}")).await)?;
        versions.push(String::from_utf8_lossy(&version.unwrap_or_default()).into_owned());
    }
    let bytes = format!("of actor {index}");
    let mut won = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        let name = format!("object-{number}");
        blobstore::meet(cx, &name, index).await?;
        let replace = async || container.replace(&name, bytes.as_bytes(), version).await;
        let check = cx.check("BLOB-COND-4", "replace a version while others do");
        if let Some(version) = unless_failed(check, patiently(cx, replace).await)? {
            won.push(format!("{number} {version}"));
        }
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    for number in 0..NAMES {
        let start = format!("{number} ");
        let mut winners = Vec::new();
        for (actor, won) in seen.iter().enumerate() {
            let versions = won.iter().filter_map(|text| text.strip_prefix(&start));
            winners.extend(versions.map(|version| (actor, version)));
        }
        cx.check(
            "BLOB-COND-4",
            "count the instances that replaced one version",
        )
        .equal(winners.len(), 1)?;
        let (actor, version) = winners[0];
        let name = format!("object-{number}");
        let check = cx.check("BLOB-COND-3", "read after one put of several succeeded");
        let bytes = format!("of actor {actor}");
        check.value(container.get(&name).await, bytes.as_bytes())?;
        check.equal(cx.info(&container, &name).await?.version.as_str(), version)?;
    }
    Ok(())
}
