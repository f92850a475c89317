use conformance_kit::prelude::*;

use crate::support::{State, other_versions};
use blobstore::conditional_delete::delete_if;

case! {
    id: "blob.delete-if.other",
    title: "delete-if by a version that the object does not have fails and leaves it as it is",
    clauses: ["BLOB-DELETE-IF-2", "TYP-VER-4"],
    requires: ["blob.conditional-delete"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let state = State::new(cx, 300);
    let (present, others) = other_versions(cx, &container, &state).await?;
    for other in &others {
        // What was never issued for the object is no error of its own.
        let clause = if other.len() < 4 || other.len() > 256 {
            "TYP-VER-4"
        } else {
            "BLOB-DELETE-IF-2"
        };
        let message = format!("delete-if by the version {}", other.shown());
        cx.check(clause, &message).fails(
            delete_if(&container, "object", other).await,
            Kind::PreconditionFailed,
        )?;
    }
    let check = cx.check("BLOB-DELETE-IF-2", "read after delete-if failed");
    let info = state.is(check, &container, "object").await?;
    check.equal(info.version, present)
}
