use conformance_kit::prelude::*;

use crate::support::{State, has_only};
use blobstore::conditional_delete::delete_if;

case! {
    id: "blob.delete-if.others-kept",
    title: "delete-if removes no other object, however alike its name is",
    clauses: ["BLOB-DELETE-IF-1", "BLOB-DELETE-3"],
    requires: ["blob.conditional-delete"],
}

const KEPT: [&str; 10] = ["a/", "a/b", "aa", "A", "a\0", " a", "/a", "a ", "*", "a%"];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let state = State::new(cx, 30);
    let mut versions = Vec::new();
    for name in KEPT {
        versions.push(state.put(cx, &container, name).await?);
    }
    let version = state.put(cx, &container, "a").await?;
    cx.check("BLOB-DELETE-IF-1", "delete-if beside other objects")
        .ok(delete_if(&container, "a", &version).await)?;
    let check = cx.check("BLOB-DELETE-3", "read other objects after delete-if");
    has_only(check, &container, &KEPT).await?;
    for (name, version) in KEPT.iter().zip(versions) {
        let info = state.is(check, &container, name).await?;
        check.equal(info.version, version)?;
    }
    Ok(())
}
