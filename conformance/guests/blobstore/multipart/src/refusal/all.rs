use crate::sending::{NAME, entry};
use blobstore::multipart::{self, Part};
use blobstore::{Precondition, bad_names};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.refused",
    title: "every function of multipart is refused where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.multipart",
}

const REFUSED: Kind = Kind::Unsupported("blob.multipart");

async fn run(cx: &Context) -> Outcome {
    let container = cx.restricted_container().await?;
    cx.ok(container.put(NAME, b"bytes").await)?;
    let part = Part {
        number: 1,
        tag: "tag".to_owned(),
    };
    let mut names = vec![NAME.to_owned(), "absent".to_owned()];
    names.extend(bad_names(cx)?.into_iter().map(|bad| bad.name));
    let long = cx.random_text(5_000);
    for name in &names {
        for (content_type, key) in [(None, "key"), (Some(""), "key"), (None, "KEY")] {
            let metadata = vec![entry(key, "value")];
            let begun = multipart::begin_with(&container, name, content_type, metadata).await;
            cx.check("TYP-FEAT-1", "begin").fails(begun, REFUSED)?;
        }
        for upload in ["upload", "", &long] {
            // Of the right size, and larger than any part.
            for (number, size) in [(1, 4), (0, 4), (1, u64::MAX)] {
                let begun = multipart::begin_part(&container, name, upload, number, size);
                let (writer, answer) = begun;
                let sent = writer.all(b"part", answer).await;
                cx.check("TYP-FEAT-1", "put-part").fails(sent, REFUSED)?;
            }
            cx.check("TYP-FEAT-1", "parts")
                .fails(multipart::parts(&container, name, upload).await, REFUSED)?;
            let twice = [part.clone(), part.clone()];
            for parts in [&[][..], &twice[..1], &twice] {
                for expected in [None, Some(Precondition::Absent)] {
                    let complete =
                        multipart::complete_if(&container, name, upload, parts, expected).await;
                    cx.check("TYP-FEAT-1", "complete")
                        .fails(complete, REFUSED)?;
                }
            }
            cx.check("TYP-FEAT-1", "abort")
                .fails(multipart::abort(&container, name, upload).await, REFUSED)?;
        }
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(container.get(NAME).await, b"bytes")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-FEAT-2", "list after refused calls")
        .keys(&listed, &[NAME])
}
