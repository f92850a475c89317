use blobstore::{history, patiently};
use conformance_kit::prelude::*;

use crate::states_of::versions;

case! {
    /// They meet before each put, so that several find the same state to leave behind.
    actors: 4,
    id: "blob.history.race",
    title: "of puts of one object that overlap each leaves a state of its own",
    clauses: ["BLOB-HISTORY-1", "BLOB-VERSIONS-1", "BLOB-GETVERSION-1"],
    requires: ["blob.history"],
    timeout_s: 60,
}

const ROUNDS: usize = 15;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Returns the bytes of each state and behind them its version.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut written = Vec::new();
    for round in 0..ROUNDS {
        let bytes = format!("{index}-{round}");
        blobstore::meet(cx, &format!("round-{round}"), index).await?;
        let put = async || container.put("object", bytes.as_bytes()).await;
        let version = cx.ok(patiently(cx, put).await)?;
        written.push(format!("{bytes} {version}"));
    }
    Ok(written)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let listed = versions(&history::all(cx, &container, "object", None).await?);
    for written in seen.concat() {
        let Some((bytes, version)) = written.split_once(' ') else {
            continue;
        };
        let found = history::get(&container, "object", version, None).await;
        let check = cx.check("BLOB-HISTORY-1", "get-version of a state of many");
        let found = check.some(found)?;
        cx.check("BLOB-GETVERSION-1", "get-version of a state of many")
            .bytes(&found, bytes.as_bytes())?;
        let message = format!("look for the state {bytes} among all");
        cx.check("BLOB-VERSIONS-1", &message).that(
            listed.iter().any(|listed| listed == version),
            "the version that its put returned",
            &listed.len(),
        )?;
    }
    Ok(())
}
