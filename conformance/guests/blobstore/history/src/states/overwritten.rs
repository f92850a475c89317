use conformance_kit::prelude::*;

use crate::states_of::{Seen, can_be_read, seen, written};

case! {
    id: "blob.history.overwritten",
    title: "every state that was overwritten can be read, whichever function wrote it",
    clauses: ["BLOB-HISTORY-1", "BLOB-GETVERSION-1"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states: Vec<Seen> = Vec::new();
    for number in 0..3 {
        states.push(written(cx, &container, "object", number).await?);
    }
    let source = written(cx, &container, "source", 8).await?;
    cx.ok(container.copy("source", &container, "object").await)?;
    states.push(seen(cx, &container, "object", source.bytes).await?);
    let source = written(cx, &container, "moved", 9).await?;
    cx.ok(container.r#move("moved", &container, "object").await)?;
    states.push(seen(cx, &container, "object", source.bytes.clone()).await?);
    for state in &states {
        can_be_read(cx, &container, "object", state).await?;
    }
    // A move leaves the state behind that it took away.
    can_be_read(cx, &container, "moved", &source).await
}
