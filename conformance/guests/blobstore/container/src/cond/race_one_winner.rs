use conformance_kit::prelude::*;

use crate::objects::{patiently, unless_failed};

case! {
    actors: 8,
    id: "blob.cond.race.one-winner",
    title: "of several instances that replace one version by other bytes exactly one succeeds",
    clauses: ["BLOB-COND-4", "BLOB-COND-3"],
    timeout_s: 60,
}

const ACTORS: usize = 8;
const NAMES: usize = 16;

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
/// won, with its version. Each starts elsewhere: in one order, the first would win all.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut versions = Vec::new();
    for number in 0..NAMES {
        let version = cx.ok(container.get(&format!("version-{number}")).await)?;
        versions.push(String::from_utf8_lossy(&version.unwrap_or_default()).into_owned());
    }
    blobstore::meet(cx, "begun", index).await?;
    let bytes = format!("of actor {index}");
    let first = index as usize * (NAMES / ACTORS);
    let mut won = Vec::new();
    for number in (0..NAMES).map(|number| (first + number) % NAMES) {
        let (name, version) = (format!("object-{number}"), &versions[number]);
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
