use std::collections::BTreeSet;

use conformance_kit::prelude::*;

use crate::objects::unless_failed;
use blobstore::patiently;

case! {
    /// All bytes that are written differ: a state that was replaced is never there again.
    actors: 6,
    id: "blob.cond.race.against-puts",
    title: "among plain puts, no state of an object is replaced twice by conditional ones",
    clauses: ["BLOB-COND-3"],
    timeout_s: 60,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"first").await).map(drop)
}

/// The first two write as they like; each other one replaces what it has read, and
/// returns the version that it replaced.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut replaced = Vec::new();
    blobstore::rounds(cx, index, 20, async |round| {
        let bytes = format!("{round} of actor {index}");
        if index < 2 {
            let put = async || container.put("object", bytes.as_bytes()).await;
            return cx.ok(patiently(cx, put).await).map(drop);
        }
        let version = cx.info(&container, "object").await?.version;
        let replace = async || {
            container
                .replace("object", bytes.as_bytes(), &version)
                .await
        };
        let check = cx.check("BLOB-COND-3", "replace a state among plain puts");
        if unless_failed(check, patiently(cx, replace).await)?.is_some() {
            replaced.push(version);
        }
        Ok(())
    })
    .await?;
    Ok(replaced)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let all: Vec<&String> = seen.iter().flatten().collect();
    let different: BTreeSet<&&String> = all.iter().collect();
    cx.note(format!("{} conditional puts succeeded", all.len()));
    cx.check("BLOB-COND-3", "compare the states that were replaced")
        .equal(different.len(), all.len())
}
