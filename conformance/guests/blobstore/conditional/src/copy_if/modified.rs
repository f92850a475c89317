use conformance_kit::prelude::*;

use blobstore::{Moment, conditional_copy::copy_if, is_listed_as_told};

case! {
    id: "blob.copy-if.modified",
    title: "what copy-if writes tells the time of the copy-if, and lists tell it too",
    clauses: ["BLOB-META-8", "BLOB-LIST-8"],
    requires: ["blob.conditional-copy"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("present", b"overwritten").await)?;
    let put = async || cx.ok(container.put("object", b"bytes").await).map(drop);
    let written = Moment::of(cx, &container, "object", put).await?;
    let source = cx.info(&container, "object").await?.version;
    cx.sleep(Duration::from_secs(4)).await;
    for name in ["new", "present"] {
        let copy = async || {
            let ended = copy_if(&container, "object", Some(&source), &container, name, None);
            cx.ok(ended.await).map(drop)
        };
        let copied = Moment::of(cx, &container, name, copy).await?;
        let check = cx.check("BLOB-META-8", "head of a copy that was made seconds later");
        copied.is_behind(check, written)?;
        is_listed_as_told(cx, "BLOB-LIST-8", &container, name).await?;
    }
    Ok(())
}
