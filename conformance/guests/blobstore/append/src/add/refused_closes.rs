use blobstore::{append, bad_names, refused_midway};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.refused-closes",
    title: "an append that is refused before its stream has ended closes it",
    clauses: ["BLOB-STREAM-4", "BLOB-APPEND-4", "BLOB-NAME-4", "BLOB-NAME-5"],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("present", b"as it was").await)?;
    let piece = cx.random_bytes(16 << 10);
    for (name, at) in [("present", 3), ("new", 9)] {
        let (writer, answer) = append::begin(&container, name, Some(at));
        let ended = refused_midway(cx, writer, answer, &piece).await?;
        cx.check("BLOB-APPEND-4", "append behind another number of bytes")
            .fails(ended, Kind::PreconditionFailed)?;
    }
    for bad in bad_names(cx)? {
        let (writer, answer) = append::begin(&container, &bad.name, None);
        let ended = refused_midway(cx, writer, answer, &piece).await?;
        cx.check(bad.clause, "append to a name that is refused")
            .fails(ended, bad.refused)?;
    }
    cx.check("BLOB-APPEND-4", "get after refused appends")
        .value(container.get("present").await, b"as it was")
}
