use conformance_kit::prelude::*;

use blobstore::{Moment, atomic_move::rename, is_listed_as_told};

case! {
    /// Whether it was the put or the rename that wrote the object is left open.
    id: "blob.rename.modified",
    title: "a renamed object tells a time from its put up to its rename, and lists tell it too",
    clauses: ["BLOB-META-8", "BLOB-LIST-8"],
    requires: ["blob.atomic-move"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let put = async || cx.ok(container.put("present", b"older").await).map(drop);
    let older = Moment::of(cx, &container, "present", put).await?;
    cx.sleep(Duration::from_secs(4)).await;
    for new_name in ["new", "present"] {
        let put = async || cx.ok(container.put("object", b"bytes").await).map(drop);
        let written = Moment::of(cx, &container, "object", put).await?;
        let rename = async || {
            let renamed = rename(&container, "object", new_name, None).await;
            cx.ok(renamed).map(drop)
        };
        let renamed = Moment::of(cx, &container, new_name, rename).await?;
        let check = cx.check("BLOB-META-8", "head of a renamed object");
        renamed.since(written).is_behind(check, older)?;
        is_listed_as_told(cx, "BLOB-LIST-8", &container, new_name).await?;
    }
    Ok(())
}
