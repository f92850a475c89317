use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::earlier;

case! {
    id: "blob.history.read-dropped",
    title: "the stream of a get-version and the future beside it can be dropped at any place without harm",
    clauses: ["BLOB-GETVERSION-1", "BLOB-GET-12", "BLOB-GET-13"],
    requires: ["blob.history"],
}

const SIZE: usize = 1 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let (version, bytes) = earlier(cx, &container, "object", SIZE).await?;
    let found = async || {
        let found = history::begin_get(&container, "object", &version, None).await;
        cx.check("BLOB-GET-12", "get-version after others were dropped")
            .some(found)
    };
    // One that is read beside all the others.
    let mut beside = found().await?;
    for round in 0..12 {
        let mut content = found().await?;
        let count = 10_000 * (round / 3);
        cx.check("BLOB-GETVERSION-1", "read the beginning of a state")
            .bytes(&content.read_exact(count).await, &bytes[..count])?;
        match round % 3 {
            0 => cx
                .check("BLOB-GET-13", "drop the stream of a get-version")
                .fails(content.end().await, Kind::Cancelled)?,
            1 => drop(content),
            _ => {
                let (mut stream, end) = content.split();
                drop(end);
                cx.check("BLOB-GET-12", "read on with the future dropped")
                    .bytes(&stream.rest().await, &bytes[count..])?;
            }
        }
        let part = &bytes[round * 1_000..][..1_000];
        cx.check("BLOB-GET-12", "read on beside what was dropped")
            .bytes(&beside.read_exact(1_000).await, part)?;
    }
    cx.check("BLOB-GET-12", "read the rest beside what was dropped")
        .delivers(beside, &bytes[12_000..])
        .await?;
    cx.check("BLOB-GETVERSION-1", "get-version after all")
        .delivers(found().await?, &bytes)
        .await
}
