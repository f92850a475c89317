use blobstore::options;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, is_absent, marked, settle, sized};

case! {
    /// More than a provider can hold, so that the service has got some of it. Where the
    /// size is known, the service can have all of it before the guest says that it is not
    /// whole.
    id: "blob.stream.given-up-large",
    title: "nothing is stored of a put that is given up after 12 MiB",
    clauses: ["BLOB-STREAM-1", "BLOB-STREAM-2"],
    lane: Lane::Slow,
    timeout_s: 90,
}

const SIZE: usize = 12 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", &cx.random_bytes(700)).await?;
    let bytes = big(cx, SIZE);
    for options in [options(), sized(SIZE)] {
        for name in ["new", old.name()] {
            let (mut writer, answer) = container.begin_put(name, marked(options.clone()));
            let answer = begin(answer.wait()).await;
            for piece in bytes.chunks(1 << 20) {
                writer.write(piece).await;
            }
            writer.close();
            settle(cx).await;
            nothing_shows(cx, "BLOB-STREAM-1", &container, &old).await?;
            writer.fail(Error::Cancelled).await;
            cx.check("BLOB-STREAM-2", "give up after 12 MiB")
                .fails(answer.finish().await, Kind::Cancelled)?;
            nothing_shows(cx, "BLOB-STREAM-2", &container, &old).await?;
        }
    }
    Ok(())
}

/// Both objects are as they were.
async fn nothing_shows(cx: &Context, clause: &str, container: &Container, old: &Kept) -> Outcome {
    is_absent(cx, clause, container, "new").await?;
    old.is_still(cx, clause, container).await
}
