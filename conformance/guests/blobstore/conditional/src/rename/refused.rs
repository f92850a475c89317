use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only};
use blobstore::atomic_move::rename;

case! {
    id: "blob.rename.refused",
    title: "rename is refused where the feature is missing, whatever the arguments are",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.atomic-move",
}

const REFUSED: Kind = Kind::Unsupported("blob.atomic-move");

async fn run(cx: &Context) -> Outcome {
    let container = cx.restricted_container().await?;
    let state = State::new(cx, 100);
    let version = state.put(cx, &container, "object").await?;
    let mut names = vec!["object".to_owned(), "absent".to_owned(), String::new()];
    if let Some(limit) = cx.small_limit("blob.name.max-bytes")? {
        names.push("x".repeat(limit + 1));
    }
    for name in &names {
        for new_name in &names {
            for expected in [None, absent()] {
                cx.check("TYP-FEAT-1", "rename without the feature")
                    .fails(rename(&container, name, new_name, expected).await, REFUSED)?;
            }
        }
        cx.check("TYP-FEAT-1", "rename to a new name without the feature")
            .fails(rename(&container, name, "new", None).await, REFUSED)?;
    }
    let check = cx.check("TYP-FEAT-2", "read after refused calls");
    let info = state.is(check, &container, "object").await?;
    check.equal(info.version, version)?;
    has_only(check, &container, &["object"]).await
}
