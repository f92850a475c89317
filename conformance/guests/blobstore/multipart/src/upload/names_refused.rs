use blobstore::{bad_names, multipart};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, received, send};

case! {
    id: "blob.multipart.names-refused",
    title: "every function of uploads refuses the empty name and names that are too long",
    clauses: ["BLOB-NAME-4", "BLOB-NAME-5", "TYP-ERR-6"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 1, b"bytes").await?;
    let before = received(cx, &container, &upload).await?;
    let parts = [part];
    for bad in bad_names(cx)? {
        let (name, refused) = (bad.name.as_str(), bad.refused);
        let check = |message| cx.check(bad.clause, message);
        check("begin of a name that is refused")
            .fails(multipart::begin(&container, name).await, refused)?;
        for upload in [upload.as_str(), "none"] {
            let sent = multipart::put_part(&container, name, upload, 1, b"late").await;
            check("put-part of a name that is refused").fails(sent, refused)?;
            let listed = multipart::parts(&container, name, upload).await;
            check("parts of a name that is refused").fails(listed, refused)?;
            let completed = multipart::complete(&container, name, upload, &parts).await;
            check("complete of a name that is refused").fails(completed, refused)?;
            let aborted = multipart::abort(&container, name, upload).await;
            check("abort of a name that is refused").fails(aborted, refused)?;
        }
    }
    cx.check("TYP-ERR-6", "parts after names were refused")
        .equal(received(cx, &container, &upload).await?, before)?;
    cx.check("TYP-ERR-6", "complete after names were refused")
        .ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after names were refused")
        .keys(&listed, &[NAME])
}
