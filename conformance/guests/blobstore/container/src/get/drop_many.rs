use blobstore::range;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::PATIENCE;

case! {
    /// More gets than a host or a provider lets be in flight: none that was dropped counts.
    id: "blob.get.drop-many",
    title: "two hundred gets that are dropped in turn take nothing from the next",
    clauses: ["BLOB-GET-12"],
    timeout_s: 30,
}

const ROUNDS: usize = 200;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 100_000);
    cx.ok(container.put("object", &bytes).await)?;
    let check = cx.check("BLOB-GET-12", "get after many others were dropped");
    for round in 0..ROUNDS {
        let part = range(1_000, 90_000).filter(|_| round % 2 == 1);
        let first = part.map_or(0, |part| part.offset as usize);
        let found = container.begin_get("object", part, None);
        let Some(found) = cx.within(PATIENCE, found).await else {
            return check.that(false, "an answer", "none in time");
        };
        let mut content = check.some(found)?;
        match round % 5 {
            0 => drop(content),
            1 => {
                let (stream, end) = content.split();
                drop(end);
                drop(stream);
            }
            2 => {
                let (mut stream, end) = content.split();
                drop(end);
                let read = stream.read_exact(500).await;
                check.bytes(&read, &bytes[first..first + 500])?;
            }
            3 => {
                let read = content.read_exact(500).await;
                check.bytes(&read, &bytes[first..first + 500])?;
            }
            _ => {
                // Nobody waits for this word.
                let (stream, end) = content.split();
                drop(stream);
                drop(end);
            }
        }
    }
    match cx.within(PATIENCE, container.get("object")).await {
        Some(read) => check.value(read, &bytes),
        None => check.that(false, "an answer", "none in time"),
    }
}
