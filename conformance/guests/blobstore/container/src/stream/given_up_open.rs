use blobstore::options;
use conformance_kit::prelude::*;

use crate::support::{Kept, is_absent, marked, sized};

case! {
    id: "blob.stream.given-up-open",
    title: "a put that is given up returns cancelled also while its stream stays open",
    clauses: ["BLOB-STREAM-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
    for count in [0, 5_000] {
        for (name, options) in [
            ("new", options()),
            ("old", options()),
            ("new", sized(count + 1_000)),
            ("old", sized(count + 1_000)),
        ] {
            let (mut writer, answer) = container.begin_put(name, marked(options));
            writer.write(&cx.random_bytes(count)).await;
            let given_up = both(writer.say(Err(Error::Cancelled)), answer.wait());
            let put = cx.within(cx.patience(), given_up).await.map(|(_, put)| put);
            let check = cx.check("BLOB-STREAM-2", "give up a put whose stream is open");
            match put {
                Some(put) => check.fails(put, Kind::Cancelled)?,
                None => check.that(false, "cancelled", "no answer")?,
            }
            is_absent(cx, "BLOB-STREAM-2", &container, "new").await?;
            old.is_still(cx, "BLOB-STREAM-2", &container).await?;
        }
    }
    Ok(())
}
