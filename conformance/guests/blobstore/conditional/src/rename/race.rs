use conformance_kit::prelude::*;

use crate::support::{left, noted, unless_failed};
use blobstore::{PutOptions, atomic_move::rename, options, patiently};

case! {
    /// Some names are absent, some have a state that all of them expect. Each second
    /// instance puts what the others rename.
    actors: 6,
    id: "blob.rename.race",
    title: "of several instances that rename or put to one name, which is absent or has the version that they expect, one succeeds, and the others keep theirs",
    clauses: ["BLOB-COND-4", "BLOB-RENAME-5"],
    requires: ["blob.atomic-move"],
    timeout_s: 60,
}

const ACTORS: usize = 6;
const NAMES: usize = 8;

fn is_put(actor: usize) -> bool {
    actor % 2 == 1
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for number in (0..NAMES).step_by(2) {
        noted(cx, &container, &format!("object-{number}")).await?;
    }
    Ok(())
}

/// They meet before each name: else the first of them would win all.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    for number in 0..NAMES {
        let name = format!("{number}/{index}");
        cx.ok(container.put(&name, name.as_bytes()).await)?;
    }
    let mut won = Vec::new();
    for number in 0..NAMES {
        let (name, new_name) = (format!("{number}/{index}"), format!("object-{number}"));
        let expected = left(cx, &container, &new_name).await?;
        blobstore::meet(cx, &new_name, index).await?;
        let once = async || {
            let expected = expected.clone();
            if !is_put(index as usize) {
                return rename(&container, &name, &new_name, expected).await;
            }
            let options = PutOptions {
                expected,
                ..options()
            };
            container
                .put_with(&new_name, name.as_bytes(), options)
                .await
        };
        let check = cx.check("BLOB-COND-4", "rename or put to one name while others do");
        if unless_failed(check, patiently(cx, once).await)?.is_some() {
            won.push(name);
        }
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let won = seen.concat();
    for number in 0..NAMES {
        let names: Vec<String> = (0..ACTORS)
            .map(|actor| format!("{number}/{actor}"))
            .collect();
        let winners: Vec<&String> = names.iter().filter(|name| won.contains(name)).collect();
        cx.check(
            "BLOB-COND-4",
            "count the instances that renamed or put to one name",
        )
        .equal(winners.len(), 1)?;
        let check = cx.check("BLOB-RENAME-5", "read after renames to one name");
        let bytes = container.get(&format!("object-{number}")).await;
        check.value(bytes, winners[0].as_bytes())?;
        for (actor, name) in names.iter().enumerate() {
            let bytes = container.get(name).await;
            if name == winners[0] && !is_put(actor) {
                check.none(bytes)?;
            } else {
                check.value(bytes, name.as_bytes())?;
            }
        }
    }
    Ok(())
}
