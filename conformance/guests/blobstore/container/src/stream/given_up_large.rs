use blobstore::options;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::is_absent;

case! {
    /// More than a provider can hold, so that the service has got some of it.
    id: "blob.stream.given-up-large",
    title: "nothing is stored of a put that is given up after 12 MiB",
    clauses: ["BLOB-STREAM-2"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 12 << 20);
    let (mut writer, answer) = container.begin_put("object", options());
    let write = async {
        for piece in bytes.chunks(1 << 20) {
            writer.write(piece).await;
        }
        writer.fail(Error::Cancelled).await;
    };
    let (_, put) = both(write, answer.wait()).await;
    cx.check("BLOB-STREAM-2", "give up after 12 MiB")
        .fails(put, Kind::Cancelled)?;
    is_absent(cx, "BLOB-STREAM-2", &container, "object").await
}
