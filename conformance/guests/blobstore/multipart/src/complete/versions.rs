use crate::sending::{NAME, begin_upload, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.versions",
    title: "each complete gives the object a version that it never had, also for the same parts",
    clauses: ["TYP-VER-1", "TYP-VER-2", "TYP-VER-3"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut had = vec![cx.ok(container.put(NAME, b"bytes").await)?];
    for is_deleted in [false, true, false, true] {
        if is_deleted {
            cx.ok(container.delete(NAME).await)?;
        }
        let upload = begin_upload(cx, &container).await?;
        let part = send(cx, &container, &upload, 1, b"bytes").await?;
        let version = cx.ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
        cx.check("TYP-VER-3", "measure the version of a completed object")
            .that(
                (1..=256).contains(&version.len()),
                "1 to 256 bytes",
                &version.len(),
            )?;
        cx.check("TYP-VER-1", "complete an upload of the same bytes again")
            .that(!had.contains(&version), "another version", &version)?;
        let read = cx.ok(container.begin_get(NAME, None, None).await)?;
        let check = || cx.check("TYP-VER-2", "read a completed object");
        let read = check().some(Ok::<_, Error>(read))?;
        check().equal(&read.info.version, &version)?;
        check().equal(&cx.info(&container, NAME).await?.version, &version)?;
        had.push(version);
    }
    Ok(())
}
