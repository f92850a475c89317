use conformance_kit::prelude::*;

use crate::support::{State, has_only};
use blobstore::conditional_delete::delete_if;

case! {
    /// Unlike `delete`, which returns ok.
    id: "blob.delete-if.absent",
    title: "delete-if of an absent object fails",
    clauses: ["BLOB-DELETE-IF-2"],
    requires: ["blob.conditional-delete"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = State::new(cx, 50).put(cx, &container, "deleted").await?;
    cx.ok(container.delete("deleted").await)?;
    cx.ok(container.put("object", b"bytes").await)?;
    for name in ["deleted", "never", "object/", "objec"] {
        for version in [version.as_str(), "", "1", "*"] {
            cx.check("BLOB-DELETE-IF-2", "delete-if of an absent object")
                .fails(
                    delete_if(&container, name, version).await,
                    Kind::PreconditionFailed,
                )?;
        }
    }
    let check = cx.check("BLOB-DELETE-IF-2", "list after delete-if failed");
    has_only(check, &container, &["object"]).await
}
