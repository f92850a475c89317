use blobstore::{Moment, is_listed_as_told, multipart};
use conformance_kit::prelude::*;

use crate::sending::NAME;

case! {
    id: "blob.multipart.modified",
    title: "an object out of parts tells a time from begin up to complete, and lists tell it too",
    clauses: ["BLOB-META-8", "BLOB-LIST-8"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let put = async || cx.ok(container.put(NAME, b"overwritten").await).map(drop);
    let written = Moment::of(cx, &container, NAME, put).await?;
    cx.sleep(Duration::from_secs(4)).await;
    for name in [NAME, "new"] {
        let upload = async || {
            let upload = cx.ok(multipart::begin(&container, name).await)?;
            let part = multipart::put_part(&container, name, &upload, 1, b"bytes");
            let parts = [cx.ok(part.await)?];
            let completed = multipart::complete(&container, name, &upload, &parts);
            cx.ok(completed.await).map(drop)
        };
        let completed = Moment::of(cx, &container, name, upload).await?;
        let check = cx.check("BLOB-META-8", "head of an object whose parts came later");
        completed.is_behind(check, written)?;
        is_listed_as_told(cx, "BLOB-LIST-8", &container, name).await?;
    }
    Ok(())
}
