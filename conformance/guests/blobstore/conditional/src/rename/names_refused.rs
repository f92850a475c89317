use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only};
use blobstore::{atomic_move::rename, bad_names};

case! {
    id: "blob.rename.names-refused",
    title: "rename refuses the empty name and names that are too long, old and new ones",
    clauses: ["BLOB-NAME-4", "BLOB-NAME-5", "TYP-ERR-6"],
    requires: ["blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    State::new(cx, 60).put(cx, &container, "object").await?;
    for bad in bad_names(cx)? {
        for expected in [None, absent()] {
            let ended = rename(&container, &bad.name, "new", expected.clone()).await;
            cx.check(bad.clause, "rename of a name that is refused")
                .fails(ended, bad.refused)?;
            let ended = rename(&container, "object", &bad.name, expected).await;
            cx.check(bad.clause, "rename to a name that is refused")
                .fails(ended, bad.refused)?;
        }
    }
    let check = cx.check("TYP-ERR-6", "list after names were refused");
    has_only(check, &container, &["object"]).await
}
