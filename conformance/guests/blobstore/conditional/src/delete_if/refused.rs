use conformance_kit::prelude::*;

use crate::support::{State, has_only};
use blobstore::conditional_delete::delete_if;

case! {
    /// Refusal comes before every other error, so that a guest can probe for the
    /// feature with any argument.
    id: "blob.delete-if.refused",
    title: "delete-if is refused where the feature is missing, whatever the arguments are",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.conditional-delete",
}

const REFUSED: Kind = Kind::Unsupported("blob.conditional-delete");

async fn run(cx: &Context) -> Outcome {
    let container = cx.restricted_container().await?;
    let state = State::new(cx, 100);
    let version = state.put(cx, &container, "object").await?;
    let mut names = vec!["object".to_owned(), "absent".to_owned(), String::new()];
    if let Some(limit) = cx.small_limit("blob.name.max-bytes")? {
        names.push("x".repeat(limit + 1));
    }
    for name in &names {
        for version in [version.as_str(), "1", ""] {
            cx.check("TYP-FEAT-1", "delete-if without the feature")
                .fails(delete_if(&container, name, version).await, REFUSED)?;
        }
    }
    let check = cx.check("TYP-FEAT-2", "read after refused calls");
    let info = state.is(check, &container, "object").await?;
    check.equal(info.version, version)?;
    has_only(check, &container, &["object"]).await
}
