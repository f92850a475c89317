use blobstore::{Moment, append::append, is_listed_as_told};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.modified",
    title: "an object that was added to tells the time of the addition, and lists tell it too",
    clauses: ["BLOB-META-8", "BLOB-LIST-8"],
    requires: ["blob.append"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let put = async || cx.ok(container.put("object", b"bytes").await).map(drop);
    let written = Moment::of(cx, &container, "object", put).await?;
    cx.sleep(Duration::from_secs(4)).await;
    for name in ["object", "new"] {
        let add = async || {
            cx.ok(append(&container, name, b"more", None).await)
                .map(drop)
        };
        let added = Moment::of(cx, &container, name, add).await?;
        let check = cx.check("BLOB-META-8", "head after an append seconds later");
        added.is_behind(check, written)?;
        is_listed_as_told(cx, "BLOB-LIST-8", &container, name).await?;
    }
    Ok(())
}
