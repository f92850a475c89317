use conformance_kit::prelude::*;

use crate::giving_up::gives_up;

case! {
    id: "blob.append.given-up",
    title: "an append that is given up or dropped adds nothing, and creates nothing",
    clauses: ["BLOB-STREAM-2", "BLOB-STREAM-3"],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = cx.ok(container.put("present", b"bytes").await)?;
    let bytes = cx.random_bytes(1_000);
    let errors = [
        Error::Cancelled,
        Error::Timeout,
        Error::Other("the source ran dry".to_owned()),
        Error::PreconditionFailed,
    ];
    for name in ["present", "absent"] {
        for (count, error) in [0, 500, 1_000, 1_000].into_iter().zip(&errors) {
            gives_up(cx, &container, name, &bytes[..count], error).await?;
        }
    }
    let info = cx.info(&container, "present").await?;
    cx.check("BLOB-STREAM-2", "head after appends that were given up")
        .equal(info.version, version)?;
    cx.check("BLOB-STREAM-3", "get after appends that were given up")
        .value(container.get("present").await, b"bytes")?;
    cx.check("BLOB-STREAM-3", "get of the object that nobody has written")
        .none(container.get("absent").await)
}
