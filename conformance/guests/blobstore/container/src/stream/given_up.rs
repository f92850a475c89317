use blobstore::options;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{is_absent, sized};

case! {
    id: "blob.stream.given-up",
    title: "a put whose end is an error returns cancelled and stores nothing",
    clauses: ["BLOB-STREAM-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 300_000);
    let errors = [
        Error::Cancelled,
        Error::Other("the source ran dry".to_owned()),
        Error::Timeout,
        Error::PreconditionFailed,
    ];
    for (count, error) in [0, 1, 5_000, 300_000].into_iter().zip(errors) {
        // All the bytes that were announced, or some of them, and no word that they are
        // whole: an end of the stream alone means nothing.
        for (name, options) in [
            ("unsized", options()),
            ("sized", sized(count)),
            ("sized-more", sized(count + 500)),
        ] {
            let (mut writer, answer) = container.begin_put(name, options);
            let write = async {
                writer.write(&bytes[..count]).await;
                writer.fail(error.clone()).await;
            };
            let (_, put) = both(write, answer.wait()).await;
            cx.check("BLOB-STREAM-2", &format!("give up after {count} bytes"))
                .fails(put, Kind::Cancelled)?;
            is_absent(cx, "BLOB-STREAM-2", &container, name).await?;
        }
    }
    cx.check("BLOB-STREAM-2", "put of what was given up before")
        .ok(container.put("unsized", &bytes).await)
        .map(drop)
}
