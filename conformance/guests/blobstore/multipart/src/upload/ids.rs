use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.ids",
    title: "no upload gets the id of one that was aborted or completed",
    clauses: ["BLOB-BEGIN-1", "BLOB-UPLOAD-5"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut given: Vec<String> = Vec::new();
    for is_completed in [false, true, false, true, true] {
        let upload = begin_upload(cx, &container).await?;
        cx.check("BLOB-BEGIN-1", "begin after others have ended")
            .that(!given.contains(&upload), "an id of its own", &upload)?;
        // While this one lives, those before are not there.
        for earlier in &given {
            let parts = multipart::parts(&container, NAME, earlier).await;
            cx.check("BLOB-UPLOAD-5", "parts of an upload that has ended")
                .fails(parts, Kind::NotFound)?;
            cx.ok(multipart::abort(&container, NAME, earlier).await)?;
        }
        let part = send(cx, &container, &upload, 1, b"bytes").await?;
        let has = received(cx, &container, &upload).await?;
        cx.check("BLOB-BEGIN-1", "count the parts of the upload that lives")
            .equal(has.len(), 1)?;
        let ended = if is_completed {
            multipart::complete(&container, NAME, &upload, &[part])
                .await
                .map(drop)
        } else {
            multipart::abort(&container, NAME, &upload).await
        };
        cx.ok(ended)?;
        given.push(upload);
    }
    Ok(())
}
