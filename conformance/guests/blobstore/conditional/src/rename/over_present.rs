use conformance_kit::prelude::*;

use crate::support::has_only;
use crate::whole::{States, read};
use blobstore::{atomic_move::rename, patiently};

case! {
    /// One renames over it, each time another state; the others look at it.
    actors: 4,
    id: "blob.rename.over-present",
    title: "a name that is renamed over again and again is present all the time, each time as a whole",
    clauses: ["BLOB-RENAME-2", "BLOB-GET-1", "BLOB-DATA-3"],
    requires: ["blob.atomic-move"],
    timeout_s: 60,
}

const STATES: States = States(1_000);
const RENAMES: usize = 40;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    STATES.put(cx, &container, "target", 0).await.map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    blobstore::rounds(cx, index, RENAMES, async |round| {
        if index == 0 {
            STATES.put(cx, &container, "source", round).await?;
            let once = async || rename(&container, "source", "target", None).await;
            return cx.ok(patiently(cx, once).await).map(drop);
        }
        let found = container.head("target").await;
        let info = cx
            .check("BLOB-RENAME-2", "head of a name that is renamed over")
            .some(found)?;
        let check = cx.check("BLOB-DATA-3", "look at a name that is renamed over");
        STATES.told(check, &info)?;
        let found = read(cx, &container, "target").await;
        let found = cx
            .check("BLOB-GET-1", "get of a name that is renamed over")
            .some(found)?;
        STATES.is_one(check, &found).map(drop)
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let check = cx.check("BLOB-RENAME-2", "read after many renames over one name");
    let found = check.some(read(cx, &container, "target").await)?;
    STATES.is_one(check, &found)?;
    has_only(check, &container, &["target"]).await
}
