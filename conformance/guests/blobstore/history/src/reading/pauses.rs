use blobstore::{Pause, history, pauses};
use conformance_kit::prelude::*;

use crate::states_of::earlier;

case! {
    id: "blob.history.read-pauses",
    title: "a get-version goes on after a pause of nearly 30 seconds, wherever its reader makes it",
    clauses: ["BLOB-STREAM-6", "BLOB-GETVERSION-1"],
    requires: ["blob.history"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let (version, bytes) = earlier(cx, &container, "object", 8 << 20).await?;
    let read = together(Pause::ALL.into_iter().map(async |pause| {
        let found = history::begin_get(&container, "object", &version, None).await?;
        let Some(content) = found else {
            return Ok(None);
        };
        Ok::<_, Error>(Some(pauses::read(cx, pause, content).await))
    }));
    for (pause, read) in Pause::ALL.into_iter().zip(read.await) {
        let message = format!("get-version, paused {}", pause.text());
        let (read, end) = cx.check("BLOB-GETVERSION-1", &message).some(read)?;
        let check = cx.check("BLOB-STREAM-6", &message);
        check.ok(end)?;
        check.bytes(&read, &bytes)?;
    }
    Ok(())
}
