use conformance_kit::prelude::*;

use blobstore::{atomic_move::rename, patiently};

case! {
    actors: 6,
    id: "blob.rename.race-source",
    title: "of several instances that rename one object to names of their own one succeeds, and the others find it no more",
    clauses: ["BLOB-RENAME-1", "BLOB-RENAME-2", "BLOB-RENAME-4"],
    requires: ["blob.atomic-move"],
    timeout_s: 60,
}

const NAMES: usize = 8;

fn object(number: usize) -> String {
    format!("object-{number}")
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for name in (0..NAMES).map(object) {
        cx.ok(container.put(&name, name.as_bytes()).await)?;
    }
    Ok(())
}

/// They meet before each name: else the first of them would win all.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut won = Vec::new();
    for number in 0..NAMES {
        let (name, new_name) = (object(number), format!("{number}/{index}"));
        blobstore::meet(cx, &name, index).await?;
        let once = async || rename(&container, &name, &new_name, None).await;
        match patiently(cx, once).await {
            Err(Error::NotFound) => {}
            ended => {
                let check = cx.check("BLOB-RENAME-4", "rename what others rename");
                check.ok(ended)?;
                won.push(new_name);
            }
        }
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let won = seen.concat();
    for number in 0..NAMES {
        let start = format!("{number}/");
        let winners = won.iter().filter(|name| name.starts_with(&start));
        cx.check(
            "BLOB-RENAME-4",
            "count the instances that renamed an object",
        )
        .equal(winners.count(), 1)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-RENAME-2", "list after many renames of each object")
        .keys(&listed, &won)?;
    for new_name in &won {
        let number = new_name.split('/').next().unwrap_or_default();
        let bytes = ["object-", number].concat();
        cx.check("BLOB-RENAME-1", "get of what one instance renamed")
            .value(container.get(new_name).await, bytes.as_bytes())?;
    }
    Ok(())
}
