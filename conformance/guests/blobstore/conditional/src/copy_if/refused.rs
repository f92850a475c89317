use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::conditional_copy::copy_if;

case! {
    /// The binding of the destination decides.
    id: "blob.copy-if.refused",
    title: "copy-if is refused where the feature is missing, whatever the arguments are",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.conditional-copy",
}

const REFUSED: Kind = Kind::Unsupported("blob.conditional-copy");

async fn run(cx: &Context) -> Outcome {
    let restricted = cx.restricted_container().await?;
    let container = cx.container().await?;
    let state = State::new(cx, 100);
    let present = state.put(cx, &restricted, "object").await?;
    state.put(cx, &container, "object").await?;
    let mut names = vec!["object".to_owned(), "absent".to_owned(), String::new()];
    if let Some(limit) = cx.small_limit("blob.name.max-bytes")? {
        names.push("x".repeat(limit + 1));
    }
    for from in [&restricted, &container] {
        for name in &names {
            for (source, new_name, expected) in [
                (None, "new", None),
                (Some("1"), "new", absent()),
                (None, "object", version(&present)),
                (None, "", absent()),
            ] {
                let ended = copy_if(from, name, source, &restricted, new_name, expected);
                cx.check("TYP-FEAT-1", "copy-if without the feature")
                    .fails(ended.await, REFUSED)?;
            }
        }
    }
    let check = cx.check("TYP-FEAT-2", "read after refused calls");
    let info = state.is(check, &restricted, "object").await?;
    check.equal(info.version, present)?;
    has_only(check, &restricted, &["object"]).await
}
