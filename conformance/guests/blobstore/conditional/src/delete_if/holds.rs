use conformance_kit::prelude::*;

use crate::support::{State, has_only};
use blobstore::conditional_delete::delete_if;

case! {
    id: "blob.delete-if.match",
    title: "delete-if removes an object by the version that put, head, get or copy told",
    clauses: ["BLOB-DELETE-IF-1", "BLOB-DELETE-IF-2", "TYP-VER-1"],
    requires: ["blob.conditional-delete"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("source", b"bytes").await)?;
    let mut versions = Vec::new();
    for round in 0..8 {
        let put = State::new(cx, [0, 500][round % 2])
            .put(cx, &container, "object")
            .await?;
        versions.push(put.clone());
        let version = match round % 4 {
            0 => put,
            1 => cx.info(&container, "object").await?.version,
            2 => {
                let content = cx.ok(container.begin_get("object", None, None).await)?;
                content.map_or(String::new(), |content| content.info.version)
            }
            _ => {
                let copy = cx.ok(container.copy("source", &container, "object").await)?;
                versions.push(copy.clone());
                copy
            }
        };
        let check = cx.check("BLOB-DELETE-IF-1", "delete-if by the present version");
        check.ok(delete_if(&container, "object", &version).await)?;
        check.none(container.get("object").await)?;
        check.none(container.head("object").await)?;
        has_only(check, &container, &["source"]).await?;
        cx.check("BLOB-DELETE-IF-2", "delete-if by the same version again")
            .fails(
                delete_if(&container, "object", &version).await,
                Kind::PreconditionFailed,
            )?;
    }
    let written = versions.len();
    versions.sort_unstable();
    versions.dedup();
    cx.check("TYP-VER-1", "count the versions of what delete-if removed")
        .equal(versions.len(), written)
}
