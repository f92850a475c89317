use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{Seen, sorted, versions, written};

case! {
    id: "blob.history.versions",
    title: "all states are listed, each once, with the size and the time that head told",
    clauses: ["BLOB-VERSIONS-1", "BLOB-VERSIONS-3"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states: Vec<Seen> = Vec::new();
    for number in 0..7 {
        states.push(written(cx, &container, "object", number).await?);
    }
    let expected = sorted(states.iter().map(|state| state.info.version.as_str()));
    for page_size in [None, Some(1), Some(2), Some(3), Some(7), Some(100)] {
        let listed = history::all(cx, &container, "object", page_size).await?;
        cx.check("BLOB-VERSIONS-1", "list the states of an object")
            .keys(&versions(&listed), &expected)?;
        for state in &listed {
            let told = states
                .iter()
                .find(|seen| seen.info.version == state.version);
            let Some(Seen { info, .. }) = told else {
                continue;
            };
            cx.check("BLOB-VERSIONS-3", "the size of a listed state")
                .equal(state.size, info.size)?;
            cx.check("BLOB-VERSIONS-3", "the time of a listed state")
                .equal(state.modified, info.modified)?;
        }
    }
    // Those of a deleted object too.
    cx.ok(container.delete("object").await)?;
    let listed = history::all(cx, &container, "object", Some(3)).await?;
    cx.check("BLOB-VERSIONS-1", "list the states of a deleted object")
        .keys(&versions(&listed), &expected)?;
    let listed = history::all(cx, &container, "never", None).await?;
    cx.check("BLOB-VERSIONS-1", "list the states of what was never there")
        .equal(listed.len(), 0)
}
