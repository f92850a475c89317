use blobstore::options;
use blobstore::pauses::PAUSE;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::sized;

case! {
    id: "blob.stream.pause-writing",
    title: "a put goes on after its writer paused for nearly 30 seconds",
    clauses: ["BLOB-STREAM-6"],
    lane: Lane::Slow,
    timeout_s: 90,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 12 << 20);
    let (first, rest) = bytes.split_at(bytes.len() / 2);
    let put = async |name: &str, options| {
        let (mut writer, answer) = container.begin_put(name, options);
        let write = async {
            writer.write(first).await;
            cx.sleep(PAUSE).await;
            writer.write(rest).await;
            writer.finish().await;
        };
        both(write, answer.wait()).await.1
    };
    let (unsized_put, sized_put) =
        both(put("unsized", options()), put("sized", sized(bytes.len()))).await;
    for (name, put) in [("unsized", unsized_put), ("sized", sized_put)] {
        cx.check("BLOB-STREAM-6", "put with a pause of nearly 30 seconds")
            .ok(put)?;
        cx.check("BLOB-STREAM-6", "get after a put with a pause")
            .value(container.get(name).await, &bytes)?;
    }
    Ok(())
}
