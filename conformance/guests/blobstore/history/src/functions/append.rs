use blobstore::append::{append, begin};
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, seen, written};

case! {
    id: "blob.history.append",
    title: "the object as it was before something was added to it is an earlier state, and what was not added leaves none",
    clauses: [
        "BLOB-HISTORY-1",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
        "BLOB-APPEND-4",
        "BLOB-STREAM-2",
    ],
    requires: ["blob.history", "blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let first = written(cx, &container, "object", 0).await?;
    let mut bytes = first.bytes.clone();
    let mut states = vec![first];
    for is_placed in [false, true, false] {
        let at = is_placed.then_some(bytes.len() as u64);
        let more = cx.random_bytes(7);
        cx.ok(append(&container, "object", &more, at).await)?;
        bytes.extend(more);
        states.push(seen(cx, &container, "object", bytes.clone()).await?);
    }
    are_kept(cx, &container, "object", &states).await?;

    let refused = append(&container, "object", b"refused", Some(0)).await;
    cx.check("BLOB-APPEND-4", "append at a place that is not the end")
        .fails(refused, Kind::PreconditionFailed)?;
    let (mut writer, answer) = begin(&container, "object", None);
    writer.write(b"given up").await;
    let (_, given_up) = both(writer.fail(Error::Cancelled), answer.wait()).await;
    cx.check("BLOB-STREAM-2", "append that is given up")
        .fails(given_up, Kind::Cancelled)?;
    are_kept(cx, &container, "object", &states).await?;

    // One that begins anew has nothing of what was deleted, which is kept.
    cx.ok(container.delete("object").await)?;
    cx.ok(append(&container, "object", b"begun anew", Some(0)).await)?;
    states.push(seen(cx, &container, "object", b"begun anew".to_vec()).await?);
    are_kept(cx, &container, "object", &states).await?;

    // What takes the place of an object that grew, and grows again, takes none of its
    // pieces along.
    states.push(written(cx, &container, "object", 5).await?);
    are_kept(cx, &container, "object", &states).await?;
    let source = written(cx, &container, "source", 6).await?;
    cx.ok(append(&container, "object", b"grown again", None).await)?;
    let grown = [&states[states.len() - 1].bytes[..], b"grown again"].concat();
    states.push(seen(cx, &container, "object", grown).await?);
    cx.ok(container.copy("source", &container, "object").await)?;
    states.push(seen(cx, &container, "object", source.bytes.clone()).await?);
    are_kept(cx, &container, "object", &states).await?;
    are_kept(cx, &container, "source", &[source]).await
}
