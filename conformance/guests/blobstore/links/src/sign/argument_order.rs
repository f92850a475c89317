use blobstore::bad_names;
use blobstore::links::{ACCESSES, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.argument-order",
    title: "a name that is refused decides before a lifetime that is",
    clauses: ["TYP-ERR-8"],
    requires: ["blob.links"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for bad in bad_names(cx)? {
        for access in ACCESSES {
            for lifetime in [Duration::ZERO, Duration::MAX] {
                let link = sign(&container, &bad.name, access, lifetime).await;
                cx.check(
                    "TYP-ERR-8",
                    "a link to a name that is refused, for a bad lifetime",
                )
                .fails(link, bad.refused)?;
            }
        }
    }
    Ok(())
}
