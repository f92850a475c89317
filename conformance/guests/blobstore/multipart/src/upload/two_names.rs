use core::slice::from_ref;

use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, send, texts};

case! {
    id: "blob.multipart.two-names",
    title: "an upload that was begun by one name of its container goes on by the other",
    clauses: ["BLOB-UPLOAD-3", "BLOB-PARTS-1", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let (first, second) = (cx.container().await?, cx.container_by_alias().await?);
    for (from, to) in [(&first, &second), (&second, &first)] {
        let bytes = cx.random_bytes(500);
        let upload = begin_upload(cx, from).await?;
        let part = send(cx, from, &upload, 1, &bytes).await?;
        // Two names are two sessions.
        cx.sleep(cx.visibility_bound()).await;
        let check = cx.check("BLOB-UPLOAD-3", "parts by the other name of the container");
        let has = check.ok(multipart::parts(to, NAME, &upload).await)?;
        let sent = multipart::parts(from, NAME, &upload).await;
        cx.check("BLOB-PARTS-1", "compare the parts by both names")
            .equal(texts(&has), texts(&cx.ok(sent)?))?;
        let check = cx.check(
            "BLOB-UPLOAD-3",
            "complete by the other name of the container",
        );
        check.ok(multipart::complete(to, NAME, &upload, from_ref(&part)).await)?;
        cx.sleep(cx.visibility_bound()).await;
        for container in [from, to] {
            cx.check(
                "BLOB-COMPLETE-1",
                "get of what was completed by another name",
            )
            .value(container.get(NAME).await, &bytes)?;
        }
    }
    Ok(())
}
