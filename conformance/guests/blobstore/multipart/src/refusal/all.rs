use crate::sending::NAME;
use blobstore::multipart::{self, Part};
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
    for name in [NAME, "absent", ""] {
        cx.check("TYP-FEAT-1", "begin")
            .fails(multipart::begin(&container, name).await, REFUSED)?;
        for upload in ["upload", ""] {
            for number in [1, 0] {
                let sent = multipart::put_part(&container, name, upload, number, b"part").await;
                cx.check("TYP-FEAT-1", "put-part").fails(sent, REFUSED)?;
            }
            cx.check("TYP-FEAT-1", "parts")
                .fails(multipart::parts(&container, name, upload).await, REFUSED)?;
            for parts in [&[][..], std::slice::from_ref(&part)] {
                let complete = multipart::complete(&container, name, upload, parts).await;
                cx.check("TYP-FEAT-1", "complete")
                    .fails(complete, REFUSED)?;
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
