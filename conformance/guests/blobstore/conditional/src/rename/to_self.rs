use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::atomic_move::rename;

case! {
    id: "blob.rename.to-self",
    title: "a rename of an object onto itself leaves it as it is, its version and its time included",
    clauses: ["BLOB-RENAME-6", "BLOB-RENAME-5"],
    requires: ["blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 2_000] {
        let state = State::new(cx, size);
        let present = state.put(cx, &container, "object").await?;
        let before = cx.info(&container, "object").await?.modified;
        for expected in [None, version(&present), None] {
            let check = cx.check("BLOB-RENAME-6", "rename an object onto itself");
            let made = check.ok(rename(&container, "object", "object", expected).await)?;
            check.equal(made.as_str(), present.as_str())?;
            let info = state.is(check, &container, "object").await?;
            check.equal(info.version.as_str(), present.as_str())?;
            check.equal(info.modified, before)?;
            has_only(check, &container, &["object"]).await?;
        }
        // Of the texts that a guest can think of, one may be the version that is there.
        let guessed = if present == "1" { "2" } else { "1" };
        for expected in [absent(), version(""), version(guessed)] {
            cx.check(
                "BLOB-RENAME-5",
                "rename an object onto itself in another state",
            )
            .fails(
                rename(&container, "object", "object", expected).await,
                Kind::PreconditionFailed,
            )?;
        }
        let check = cx.check("BLOB-RENAME-6", "read after a rename onto itself failed");
        state.is(check, &container, "object").await?;
    }
    Ok(())
}
