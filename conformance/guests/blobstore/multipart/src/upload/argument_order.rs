use blobstore::bad_names;
use blobstore::multipart::{self, Part};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, entry, received};

case! {
    id: "blob.multipart.argument-order",
    title: "of several arguments of uploads that are not acceptable the first decides, before the upload is looked for",
    clauses: ["TYP-ERR-8"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let check = |message| cx.check("TYP-ERR-8", message);
    let bad_metadata = || vec![entry("Key", "value")];
    let mut large = None;
    if let Some(most) = cx.small_limit("blob.metadata.max-bytes")? {
        large = Some(vec![entry("key", &cx.random_text(most))]);
    }
    for bad in bad_names(cx)? {
        let (name, refused) = (bad.name.as_str(), bad.refused);
        let descriptions = [
            (Some("\n"), Vec::new()),
            (None, bad_metadata()),
            (Some(""), large.clone().unwrap_or_default()),
        ];
        for (content_type, metadata) in descriptions {
            let begun = multipart::begin_with(&container, name, content_type, metadata).await;
            check("begin of a name that is refused with more that is refused")
                .fails(begun, refused)?;
        }
        for id in [upload.as_str(), "none"] {
            for (number, size) in [(0, 5), (1, u64::MAX), (0, u64::MAX)] {
                let sent = part_of(&container, name, id, number, size).await;
                check("put-part of a name that is refused with a bad number or size")
                    .fails(sent, refused)?;
            }
            for parts in [vec![], vec![part(2), part(1)], vec![part(9)]] {
                let completed = multipart::complete(&container, name, id, &parts).await;
                check("complete of a name that is refused with bad parts")
                    .fails(completed, refused)?;
            }
        }
    }
    if let Some(large) = large {
        let begun = multipart::begin_with(&container, NAME, Some(""), large).await;
        check("begin with a content type that is refused and metadata that is too large")
            .fails(begun, Kind::InvalidArgument)?;
    }
    for id in [upload.as_str(), "none"] {
        let sent = part_of(&container, NAME, id, 0, u64::MAX).await;
        check("put-part of the number zero with a size that is too large")
            .fails(sent, Kind::OutOfRange)?;
    }
    // Whether there is such an upload only the service can tell.
    let sent = part_of(&container, NAME, "none", 0, 5).await;
    check("put-part of the number zero of an unknown upload").fails(sent, Kind::OutOfRange)?;
    for parts in [vec![], vec![part(2), part(1)], vec![part(1), part(1)]] {
        let completed = multipart::complete(&container, NAME, "none", &parts).await;
        check("complete of an unknown upload with bad parts")
            .fails(completed, Kind::InvalidArgument)?;
    }
    check("parts after refused calls").equal(received(cx, &container, &upload).await?, Vec::new())
}

/// A part that the upload does not have.
fn part(number: u32) -> Part {
    let tag = "tag".to_owned();
    Part { number, tag }
}

/// `put-part` of five bytes.
async fn part_of(
    container: &Container,
    name: &str,
    upload: &str,
    number: u32,
    size: u64,
) -> Result<Part, Error> {
    let (writer, answer) = multipart::begin_part(container, name, upload, number, size);
    writer.all(b"bytes", answer).await
}
