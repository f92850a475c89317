use conformance_kit::prelude::*;

use crate::giving_up::gives_up;

case! {
    /// More than a host takes before the append has begun: the service can have got some of
    /// it by then.
    id: "blob.append.given-up-large",
    title: "nothing is added by an append that is given up or dropped after 2 MiB",
    clauses: ["BLOB-STREAM-2", "BLOB-STREAM-3"],
    requires: ["blob.append"],
    lane: Lane::Slow,
    timeout_s: 60,
}

const SIZE: usize = 2 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = cx.ok(container.put("present", b"bytes").await)?;
    let bytes = cx.random_bytes(SIZE);
    for name in ["present", "absent"] {
        gives_up(cx, &container, name, &bytes, &Error::Unavailable).await?;
    }
    cx.check(
        "BLOB-STREAM-2",
        "get after large appends that were given up",
    )
    .value(container.get("present").await, b"bytes")?;
    let info = cx.info(&container, "present").await?;
    cx.check(
        "BLOB-STREAM-3",
        "head after large appends that were given up",
    )
    .equal(info.version, version)?;
    cx.check("BLOB-STREAM-3", "get of the object that nobody has written")
        .none(container.get("absent").await)
}
