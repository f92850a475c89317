use blobstore::{is_exactly, multipart, odd_names, with_bytes};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.odd-names",
    title: "objects with names of all kinds are written in parts, and no upload is found by another name",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-3"],
    requires: ["blob.multipart"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let objects = with_bytes(cx, &odd_names(cx)?);
    let begun = each(&objects, |(name, _)| multipart::begin(&container, name)).await;
    let mut uploads = Vec::new();
    for ((name, bytes), begun) in objects.iter().zip(begun) {
        let check = cx.check("BLOB-NAME-1", "begin an upload of an odd name");
        uploads.push((name.as_str(), bytes.as_slice(), check.ok(begun)?));
    }
    // Of the next name, which is alike, there is no such upload.
    let pairs: Vec<_> = uploads.iter().zip(uploads.iter().cycle().skip(1)).collect();
    let found = each(&pairs, |((_, _, upload), (next, ..))| {
        multipart::parts(&container, next, upload)
    });
    for ((_, (next, ..)), found) in pairs.iter().zip(found.await) {
        let message = format!("parts of another upload as {}", next.shown());
        cx.check("BLOB-NAME-2", &message)
            .fails(found, Kind::NotFound)?;
    }
    let completed = each(&uploads, async |(name, bytes, upload)| {
        multipart::put_part(&container, name, upload, 1, bytes).await?;
        let has = multipart::parts(&container, name, upload).await?;
        let parts: Vec<_> = has.into_iter().map(|received| received.part).collect();
        multipart::complete(&container, name, upload, &parts).await
    });
    for ((name, ..), completed) in uploads.iter().zip(completed.await) {
        cx.check("BLOB-NAME-1", &format!("an upload of {}", name.shown()))
            .ok(completed)?;
    }
    is_exactly(cx, "BLOB-NAME-3", &container, &objects).await?;
    // An abort finds them as well, and leaves what is there.
    let aborted = each(&objects, async |(name, _)| {
        let upload = multipart::begin(&container, name).await?;
        multipart::abort(&container, name, &upload).await?;
        Ok(multipart::parts(&container, name, &upload).await)
    });
    for ((name, _), aborted) in objects.iter().zip(aborted.await) {
        let check = cx.check("BLOB-NAME-1", "begin and abort an upload of an odd name");
        let found = check.ok::<_, Error>(aborted)?;
        let message = format!("parts of {} after abort", name.shown());
        cx.check("BLOB-NAME-2", &message)
            .fails(found, Kind::NotFound)?;
    }
    is_exactly(cx, "BLOB-NAME-3", &container, &objects).await
}
