use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, is_absent};

case! {
    /// The source is whole; the guest says that it is not.
    id: "blob.stream.pipe-given-up",
    title: "a put of what a get returned is given up by the guest's own word",
    clauses: ["BLOB-STREAM-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 100_000);
    cx.ok(container.put("source", &bytes).await)?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
    for name in ["new", "old"] {
        let content = container.begin_get("source", None, None).await;
        let (stream, _end) = cx
            .check("BLOB-STREAM-2", "get of a source")
            .some(content)?
            .split();
        let Some((writer, answer)) = container.begin_put_of(name, stream) else {
            let check = cx.check("BLOB-STREAM-2", "pass on a stream that nobody read");
            return check.that(false, "an open stream", "its end");
        };
        let (_, put) = both(writer.fail(Error::Unavailable), answer.wait()).await;
        cx.check("BLOB-STREAM-2", "give up a put of what a get returned")
            .fails(put, Kind::Cancelled)?;
    }
    is_absent(cx, "BLOB-STREAM-2", &container, "new").await?;
    old.is_still(cx, "BLOB-STREAM-2", &container).await?;
    cx.check("BLOB-STREAM-2", "get of the source afterwards")
        .value(container.get("source").await, &bytes)
}
