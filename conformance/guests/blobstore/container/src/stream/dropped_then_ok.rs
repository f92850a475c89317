use blobstore::options;
use conformance_kit::prelude::*;

use crate::support::{Kept, WATCH, is_absent, marked, settle};

case! {
    id: "blob.stream.dropped-then-ok",
    title: "a put whose call was dropped changes nothing, though its stream is then said to be whole",
    clauses: ["BLOB-STREAM-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
    let bytes = cx.random_bytes(20_000);
    for count in [0, 10_000, 20_000] {
        for name in ["new", "old"] {
            let (mut writer, answer) = container.begin_put(name, marked(options()));
            writer.write(&bytes[..count]).await;
            settle(cx).await;
            drop(answer);
            let rest = async {
                writer.write(&bytes[count..]).await;
                writer.finish().await;
            };
            // Nobody need take it any more.
            cx.within(WATCH * 10, rest).await;
        }
    }
    cx.sleep(WATCH).await;
    old.is_still(cx, "BLOB-STREAM-3", &container).await?;
    is_absent(cx, "BLOB-STREAM-3", &container, "new").await
}
