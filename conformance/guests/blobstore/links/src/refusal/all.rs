use blobstore::bad_names;
use blobstore::links::{ACCESSES, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.refused",
    title: "no links are made where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.links",
}

const REFUSED: Kind = Kind::Unsupported("blob.links");

async fn run(cx: &Context) -> Outcome {
    let container = cx.restricted_container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    let mut names = vec!["object".to_owned(), "absent".to_owned()];
    names.extend(bad_names(cx)?.into_iter().map(|bad| bad.name));
    for name in &names {
        for access in ACCESSES {
            for lifetime in [Duration::ZERO, Duration::from_secs(60), Duration::MAX] {
                let link = sign(&container, name, access, lifetime).await;
                cx.check("TYP-FEAT-1", "make a link").fails(link, REFUSED)?;
            }
        }
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(container.get("object").await, b"bytes")
}
