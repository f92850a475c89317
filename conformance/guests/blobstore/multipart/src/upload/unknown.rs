use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart::{self, Part};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.unknown",
    title: "put-part, parts and complete find no upload that is not there, of another name or of another container",
    clauses: ["BLOB-UPLOAD-5"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let second = cx.second_container().await?;
    let live = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &live, 1, b"bytes").await?;
    let before = received(cx, &container, &live).await?;
    let aborted = begin_upload(cx, &container).await?;
    cx.ok(multipart::abort(&container, NAME, &aborted).await)?;
    let changed = changed(&live);
    let noise = cx.random_text(40);
    let long = cx.random_text(4_096);
    for (place, name, upload) in [
        (&container, NAME, "noise"),
        (&container, NAME, &noise),
        (&container, NAME, ""),
        (&container, NAME, "../object"),
        (&container, NAME, &long),
        (&container, NAME, &changed),
        (&container, NAME, &aborted),
        (&container, "other", &live),
        (&container, "objec", &live),
        (&second, NAME, &live),
    ] {
        is_unknown(cx, place, name, upload, &part).await?;
    }
    for (place, names) in [(&container, &[][..]), (&second, &[])] {
        let listed: Vec<String> = cx.all_names(place, "", None).await?;
        cx.check("BLOB-UPLOAD-5", "list after all refused calls")
            .keys::<&str>(&listed, names)?;
    }
    cx.check("BLOB-UPLOAD-5", "parts of the upload that is there")
        .equal(received(cx, &container, &live).await?, before)?;
    cx.ok(multipart::complete(&container, NAME, &live, &[part]).await)?;
    cx.check("BLOB-UPLOAD-5", "get after complete")
        .value(container.get(NAME).await, b"bytes")
}

/// An id with another last character.
fn changed(upload: &str) -> String {
    let mut changed = upload.to_owned();
    let last = changed.pop();
    changed.push(if last == Some('0') { '1' } else { '0' });
    changed
}

async fn is_unknown(
    cx: &Context,
    container: &Container,
    name: &str,
    upload: &str,
    part: &Part,
) -> Outcome {
    let put_part = multipart::put_part(container, name, upload, 1, b"late").await;
    cx.check("BLOB-UPLOAD-5", "put-part of an unknown upload")
        .fails(put_part, Kind::NotFound)?;
    // BLOB-PART-6 gives way to it.
    let (writer, answer) = multipart::begin_part(container, name, upload, 1, 99);
    let wrong_size = writer.all(b"late", answer).await;
    cx.check(
        "BLOB-UPLOAD-5",
        "put-part of an unknown upload with another number of bytes than was said",
    )
    .fails(wrong_size, Kind::NotFound)?;
    cx.check("BLOB-UPLOAD-5", "parts of an unknown upload")
        .fails(
            multipart::parts(container, name, upload).await,
            Kind::NotFound,
        )?;
    let parts = [part.clone()];
    cx.check("BLOB-UPLOAD-5", "complete of an unknown upload")
        .fails(
            multipart::complete(container, name, upload, &parts).await,
            Kind::NotFound,
        )
}
