use blobstore::patiently;
use conformance_kit::prelude::*;

use crate::listing::{among, fill, read, some_size};

case! {
    actors: 5,
    id: "blob.list.writers",
    title: "lists hold every object that stays, once, while other instances put and delete",
    clauses: ["TYP-PAGE-7", "BLOB-LIST-1", "BLOB-VISIBLE-1"],
    timeout_s: 60,
}

const NAMES: usize = 30;

/// Those that stay, between those that come and go.
fn names(kind: &str) -> Vec<String> {
    let name = |number| format!("a/{number}-{kind}");
    (0..NAMES).map(name).collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &names("stays")).await?;
    fill(cx, &container, &names("goes")).await
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let (stay, go) = (names("stays"), names("goes"));
    if index < 3 {
        blobstore::rounds(cx, index, 6, async |round| {
            let most = [3, 10, 100][round % 3];
            let delimiter = [None, Some("#")][round % 2];
            let check = cx.check("TYP-PAGE-7", "read a list while others write");
            let size = || some_size(cx, most);
            let walk = read(check, &container, "a/", delimiter, 2_000, size).await?;
            let listed = walk.names();
            check.keys(&among(&listed, &stay), &stay)?;
            let foreign = listed
                .iter()
                .find(|name| !stay.contains(name) && !go.contains(name));
            cx.check("BLOB-LIST-1", "read a list while others write")
                .equal(foreign.cloned(), None)
        })
        .await?;
        return Ok(Vec::new());
    }
    blobstore::rounds(cx, index, 40, async |round| {
        let name = &go[cx.random_below(NAMES as u64) as usize];
        if round % 2 == 0 {
            cx.ok(patiently(cx, async || container.delete(name).await).await)
        } else {
            let put = async || container.put(name, b"again").await;
            cx.ok(patiently(cx, put).await).map(drop)
        }
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let mut present = names("stays");
    for name in names("goes") {
        if cx.ok(container.head(&name).await)?.is_some() {
            present.push(name);
        }
    }
    for size in [None, Some(5)] {
        let check = cx.check("BLOB-VISIBLE-1", "read a list after others wrote");
        let walk = read(check, &container, "", None, present.len(), || size).await?;
        check.keys(&walk.names(), &present)?;
    }
    Ok(())
}
