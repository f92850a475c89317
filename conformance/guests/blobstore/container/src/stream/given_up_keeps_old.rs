use blobstore::{is_listed_as_told, options};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, marked, sized};

case! {
    id: "blob.stream.given-up-keeps-old",
    title: "an object stays as it was when a put over it is given up",
    clauses: ["BLOB-STREAM-2", "BLOB-LIST-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "object", &cx.random_bytes(700)).await?;
    let bytes = big(cx, 300_000);
    for count in [0, 1, 700, 300_000] {
        for options in [options(), sized(count), sized(count + 1), sized(1 << 20)] {
            let (mut writer, answer) = container.begin_put("object", marked(options));
            let write = async {
                writer.write(&bytes[..count]).await;
                writer.fail(Error::Cancelled).await;
            };
            let (_, put) = both(write, answer.wait()).await;
            cx.check("BLOB-STREAM-2", &format!("give up after {count} bytes"))
                .fails(put, Kind::Cancelled)?;
            old.is_still(cx, "BLOB-STREAM-2", &container).await?;
            is_listed_as_told(cx, "BLOB-LIST-8", &container, "object").await?;
        }
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-STREAM-2", "list after puts were given up")
        .keys(&listed, &["object"])
}
