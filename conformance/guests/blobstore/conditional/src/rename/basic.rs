use conformance_kit::prelude::*;

use crate::support::{State, has_only};
use blobstore::atomic_move::rename;

case! {
    id: "blob.rename.basic",
    title: "a renamed object is under the new name with all that belongs to it, and not under the old",
    clauses: ["BLOB-RENAME-1", "TYP-VER-1"],
    requires: ["blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut versions = Vec::new();
    for size in [0, 3_000] {
        let state = State::new(cx, size);
        state.put(cx, &container, "0").await?;
        // To and fro among few names, which begin alike.
        for (name, new_name) in [
            ("0", "0/"),
            ("0/", "1"),
            ("1", "0"),
            ("0", "0/1"),
            ("0/1", "0/"),
        ] {
            let check = cx.check("BLOB-RENAME-1", "rename an object");
            let made = check.ok(rename(&container, name, new_name, None).await)?;
            let info = state.is(check, &container, new_name).await?;
            check.equal(info.version.as_str(), made.as_str())?;
            check.none(container.head(name).await)?;
            check.none(container.get(name).await)?;
            has_only(check, &container, &[new_name]).await?;
            // No name has a version that it had before.
            let version = format!("{made} of {new_name}");
            cx.check("TYP-VER-1", "compare versions of renamed objects")
                .that(!versions.contains(&version), "a new version", &version)?;
            versions.push(version);
        }
        cx.ok(container.delete("0/").await)?;
    }
    Ok(())
}
