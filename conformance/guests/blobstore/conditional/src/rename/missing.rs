use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::atomic_move::rename;

case! {
    id: "blob.rename.missing",
    title: "a rename of an absent object is not-found and leaves what is under the new name",
    clauses: ["BLOB-RENAME-4", "TYP-ERR-6"],
    requires: ["blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("deleted", b"bytes").await)?;
    cx.ok(container.delete("deleted").await)?;
    let kept = State::new(cx, 70);
    let present = kept.put(cx, &container, "target").await?;
    for name in ["deleted", "never", "targe", "target/"] {
        for (new_name, expected) in [
            ("target", None),
            ("target", version(&present)),
            ("new", None),
            ("new", absent()),
            (name, None),
        ] {
            cx.check("BLOB-RENAME-4", "rename an absent object").fails(
                rename(&container, name, new_name, expected).await,
                Kind::NotFound,
            )?;
        }
    }
    let check = cx.check("TYP-ERR-6", "read after a rename of an absent object");
    let info = kept.is(check, &container, "target").await?;
    check.equal(info.version, present)?;
    has_only(check, &container, &["target"]).await
}
