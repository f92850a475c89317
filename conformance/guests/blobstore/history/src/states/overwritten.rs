use conformance_kit::prelude::*;

use crate::states_of::{Seen, are_kept, has_no_others, seen, twice, version_of, written};
use blobstore::{PutOptions, options};

case! {
    id: "blob.history.overwritten",
    title: "every state that was overwritten can be read, whichever function wrote it",
    clauses: ["BLOB-HISTORY-1", "BLOB-VERSIONS-1", "BLOB-VERSIONS-2", "BLOB-VERSIONS-3", "BLOB-GETVERSION-1"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states: Vec<Seen> = Vec::new();
    for number in 0..3 {
        states.push(written(cx, &container, "object", number).await?);
    }
    let bytes = cx.random_bytes(20);
    let replaces = PutOptions {
        expected: states.last().and_then(version_of),
        ..options()
    };
    cx.ok(container.put_with("object", &bytes, replaces).await)?;
    states.push(seen(cx, &container, "object", bytes).await?);
    // What is copied and moved has an earlier state of its own, which stays where it is.
    let sources = twice(cx, &container, "source").await?;
    cx.ok(container.copy("source", &container, "object").await)?;
    states.push(seen(cx, &container, "object", sources[1].bytes.clone()).await?);
    let moved = twice(cx, &container, "moved").await?;
    cx.ok(container.r#move("moved", &container, "object").await)?;
    states.push(seen(cx, &container, "object", moved[1].bytes.clone()).await?);
    has_no_others(cx, &container, "object", &states).await?;
    are_kept(cx, &container, "object", &states).await?;
    // A copy writes one state and a move leaves the one behind that it took away.
    are_kept(cx, &container, "source", &sources).await?;
    are_kept(cx, &container, "moved", &moved).await?;

    // Where nothing was, the history begins with the copy, under the same name too.
    let second = cx.second_container().await?;
    for (to, name) in [(&container, "fresh"), (&second, "source")] {
        cx.ok(container.copy("source", to, name).await)?;
        let fresh = seen(cx, to, name, sources[1].bytes.clone()).await?;
        let fresh = [fresh];
        has_no_others(cx, to, name, &fresh).await?;
        are_kept(cx, to, name, &fresh).await?;
    }
    are_kept(cx, &container, "source", &sources).await
}
