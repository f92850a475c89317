use conformance_kit::prelude::*;

use crate::support::{State, has_only, version};
use blobstore::atomic_move::rename;

case! {
    id: "blob.rename.overwrite",
    title: "a rename over an object replaces the whole of it, its version too, also by that version",
    clauses: ["BLOB-RENAME-1", "TYP-VER-1"],
    requires: ["blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (size, old_size) in [(10, 5_000), (5_000, 10), (0, 7)] {
        for by_version in [false, true] {
            let (state, old) = (State::new(cx, size), State::new(cx, old_size));
            state.put(cx, &container, "object").await?;
            let present = old.put(cx, &container, "target").await?;
            let expected = version(&present).filter(|_| by_version);
            let check = cx.check("BLOB-RENAME-1", "rename over an object");
            let made = check.ok(rename(&container, "object", "target", expected).await)?;
            let info = state.is(check, &container, "target").await?;
            check.equal(info.version.as_str(), made.as_str())?;
            cx.check("TYP-VER-1", "compare with the version of what was replaced")
                .that(made != present, "another version", &made)?;
            has_only(check, &container, &["target"]).await?;
        }
    }
    Ok(())
}
