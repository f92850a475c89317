use blobstore::links::{ACCESSES, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.lifetimes",
    title: "a link lasts for more than no time and for no more than the limit",
    clauses: ["BLOB-LINK-3", "BLOB-LINK-4"],
    requires: ["blob.links"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let most = cx.limit("blob.link.max-ns")?;
    for access in ACCESSES {
        let make = |lifetime| sign(&container, "object", access, Duration::from_nanos(lifetime));
        cx.check("BLOB-LINK-3", "a link that lasts for no time")
            .fails(make(0).await, Kind::InvalidArgument)?;
        cx.check("BLOB-LINK-3", "a link that lasts for a nanosecond")
            .ok(make(1).await)?;
        cx.check("BLOB-LINK-4", "a link that lasts for as long as it may")
            .ok(make(most).await)?;
        for more in [most.saturating_add(1), u64::MAX] {
            if more > most {
                cx.check("BLOB-LINK-4", "a link that lasts for longer than it may")
                    .fails(make(more).await, Kind::OutOfRange)?;
            }
        }
    }
    Ok(())
}
