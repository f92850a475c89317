use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, other_versions};
use blobstore::conditional_copy::copy_if;

case! {
    id: "blob.copy-if.source-other",
    title: "copy-if by a version that the source does not have fails and copies nothing",
    clauses: ["BLOB-COPY-IF-3", "BLOB-COPY-IF-2", "TYP-ERR-6"],
    requires: ["blob.conditional-copy"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let state = State::new(cx, 300);
    let (_, others) = other_versions(cx, &container, &state).await?;
    let kept = State::new(cx, 90);
    let target = kept.put(cx, &container, "target").await?;
    for other in &others {
        for (new_name, expected) in [("new", None), ("new", absent()), ("target", None)] {
            let source = Some(other.as_str());
            let ended = copy_if(&container, "object", source, &container, new_name, expected);
            let message = format!("copy-if of the version {}", other.shown());
            cx.check("BLOB-COPY-IF-3", &message)
                .fails(ended.await, Kind::PreconditionFailed)?;
        }
    }
    let check = cx.check("BLOB-COPY-IF-2", "list after copy-if failed");
    has_only(check, &container, &["object", "target"]).await?;
    let check = cx.check("TYP-ERR-6", "read the target after copy-if failed");
    let info = kept.is(check, &container, "target").await?;
    check.equal(info.version, target)
}
