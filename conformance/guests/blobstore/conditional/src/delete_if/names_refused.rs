use conformance_kit::prelude::*;

use crate::support::State;
use blobstore::{bad_names, conditional_delete::delete_if};

case! {
    id: "blob.delete-if.names-refused",
    title: "delete-if refuses the empty name and names that are too long, whatever is expected",
    clauses: ["BLOB-NAME-4", "BLOB-NAME-5"],
    requires: ["blob.conditional-delete"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = State::new(cx, 60).put(cx, &container, "object").await?;
    for bad in bad_names(cx)? {
        for expected in [version.as_str(), "1", ""] {
            cx.check(bad.clause, "delete-if of a name that is refused")
                .fails(
                    delete_if(&container, &bad.name, expected).await,
                    bad.refused,
                )?;
        }
    }
    Ok(())
}
