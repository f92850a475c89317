use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::{atomic_move::rename, foreign_versions};

case! {
    id: "blob.rename.expected",
    title: "a rename fails and changes nothing when the new name is not in the expected state",
    clauses: ["BLOB-RENAME-5", "BLOB-COND-1", "TYP-VER-4"],
    requires: ["blob.atomic-move"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let (state, kept) = (State::new(cx, 200), State::new(cx, 300));
    let source = state.put(cx, &container, "object").await?;
    let old = kept.put(cx, &container, "target").await?;
    let present = kept.put(cx, &container, "target").await?;
    for (new_name, expected) in [
        ("target", absent()),
        ("target", version(&old)),
        // It is about the new name, not about the old one.
        ("target", version(&source)),
        ("target", version("")),
        ("new", version(&source)),
        ("new", version(&present)),
        ("new", version("1")),
    ] {
        cx.check("BLOB-RENAME-5", "rename to a name in another state")
            .fails(
                rename(&container, "object", new_name, expected).await,
                Kind::PreconditionFailed,
            )?;
    }
    for foreign in foreign_versions(cx, &present) {
        let message = format!("rename to a name that is to have {}", foreign.shown());
        let renamed = rename(&container, "object", "target", version(&foreign)).await;
        cx.check("TYP-VER-4", &message)
            .fails(renamed, Kind::PreconditionFailed)?;
    }
    let check = cx.check("BLOB-RENAME-5", "read after a rename that failed");
    let info = state.is(check, &container, "object").await?;
    check.equal(info.version, source)?;
    let info = kept.is(check, &container, "target").await?;
    check.equal(info.version.as_str(), present.as_str())?;
    has_only(check, &container, &["object", "target"]).await?;

    let check = cx.check("BLOB-COND-1", "rename to a name in the expected state");
    check.ok(rename(&container, "object", "new", absent()).await)?;
    check.ok(rename(&container, "new", "target", version(&present)).await)?;
    state.is(check, &container, "target").await?;
    has_only(check, &container, &["target"]).await
}
