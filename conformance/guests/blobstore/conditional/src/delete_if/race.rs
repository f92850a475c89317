use conformance_kit::prelude::*;

use crate::support::unless_failed;
use blobstore::{conditional_delete::delete_if, patiently};

case! {
    actors: 6,
    id: "blob.delete-if.race",
    title: "of instances that delete and instances that replace one version exactly one succeeds",
    clauses: ["BLOB-COND-3", "BLOB-COND-4", "BLOB-DELETE-IF-1"],
    requires: ["blob.conditional-delete"],
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

/// The odd ones delete, the even ones replace; each returns the objects that it won.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut versions = Vec::new();
    for number in 0..NAMES {
        let version = cx.ok(container.get(&format!("version-{number}")).await)?;
        versions.push(String::from_utf8_lossy(&version.unwrap_or_default()).into_owned());
    }
    // They meet before each: else the first of them would win all.
    let bytes = format!("of actor {index}");
    let mut won = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        let name = format!("object-{number}");
        blobstore::meet(cx, &name, index).await?;
        let change = async || {
            if index.is_multiple_of(2) {
                let replaced = container.replace(&name, bytes.as_bytes(), version).await;
                replaced.map(drop)
            } else {
                delete_if(&container, &name, version).await
            }
        };
        let check = cx.check("BLOB-COND-4", "delete or replace a version while others do");
        if unless_failed(check, patiently(cx, change).await)?.is_some() {
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
            "count the instances that changed one version",
        )
        .equal(winners.len(), 1)?;
        let bytes = container.get(&name).await;
        if winners[0].is_multiple_of(2) {
            let expected = format!("of actor {}", winners[0]);
            cx.check("BLOB-COND-3", "get of an object that was replaced")
                .value(bytes, expected.as_bytes())?;
        } else {
            cx.check("BLOB-DELETE-IF-1", "get of an object that was deleted")
                .none(bytes)?;
        }
    }
    Ok(())
}
