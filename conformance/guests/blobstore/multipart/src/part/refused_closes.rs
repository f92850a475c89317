use blobstore::{bad_names, multipart, refused_midway};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, received};

case! {
    id: "blob.multipart.part-refused-closes",
    title: "a part that is refused before its stream has ended closes it",
    clauses: ["BLOB-STREAM-4", "BLOB-PART-4", "BLOB-UPLOAD-5", "BLOB-NAME-4", "BLOB-NAME-5"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let mut refused = vec![
        (
            "BLOB-PART-4",
            NAME.to_owned(),
            upload.as_str(),
            0,
            Kind::OutOfRange,
        ),
        ("BLOB-UPLOAD-5", NAME.to_owned(), "none", 1, Kind::NotFound),
        (
            "BLOB-UPLOAD-5",
            "other".to_owned(),
            &upload,
            1,
            Kind::NotFound,
        ),
    ];
    for bad in bad_names(cx)? {
        refused.push((bad.clause, bad.name, &upload, 1, bad.refused));
    }
    // Of the right size, for who waits for the end of the stream.
    let piece = cx.random_bytes(16 << 10);
    let size = piece.len() as u64;
    for (clause, name, id, number, kind) in refused {
        let (writer, answer) = multipart::begin_part(&container, &name, id, number, size);
        let ended = refused_midway(cx, writer, answer, &piece).await?;
        cx.check(clause, "put-part that is to be refused")
            .fails(ended, kind)?;
    }
    let has = received(cx, &container, &upload).await?;
    cx.check("BLOB-PART-4", "parts after refused ones")
        .equal(has.len(), 0)
}
