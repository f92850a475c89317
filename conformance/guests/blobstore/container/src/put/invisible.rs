use blobstore::{Writer, is_listed_as_told, options};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, is_absent, marked};

case! {
    id: "blob.put.invisible",
    title: "halfway through a put every function shows the state before it",
    clauses: ["BLOB-DATA-4", "BLOB-LIST-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", &cx.random_bytes(500)).await?;
    let bytes = big(cx, 400_000);
    let (first, rest) = bytes.split_at(150_000);

    let mut puts = Vec::new();
    for name in ["old", "new"] {
        let (mut writer, answer) = container.begin_put(name, marked(options()));
        // Taken by the provider, or on its way there.
        writer.write(first).await;
        puts.push((writer, answer));
    }
    for _ in 0..10 {
        old.is_still(cx, "BLOB-DATA-4", &container).await?;
        is_listed_as_told(cx, "BLOB-LIST-8", &container, "old").await?;
        is_absent(cx, "BLOB-DATA-4", &container, "new").await?;
        let (streamed, end) = container.names("").collect().await;
        cx.ok(end)?;
        cx.check("BLOB-DATA-4", "names while puts run")
            .keys(&streamed, &["old"])?;
        cx.now().await;
    }
    let finish = |(mut writer, answer): (Writer, blobstore::Answer<String>)| async move {
        let write = async {
            writer.write(rest).await;
            writer.finish().await;
        };
        both(write, answer.wait()).await.1
    };
    for put in together(puts.into_iter().map(finish)).await {
        cx.ok(put)?;
    }
    for name in ["old", "new"] {
        cx.check("BLOB-DATA-4", "get after the put has taken effect")
            .value(container.get(name).await, &bytes)?;
    }
    Ok(())
}
