use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only};
use blobstore::{bad_names, conditional_copy::copy_if};

case! {
    id: "blob.copy-if.names-refused",
    title: "copy-if refuses the empty name and names that are too long, old and new ones",
    clauses: ["BLOB-NAME-4", "BLOB-NAME-5", "TYP-ERR-6"],
    requires: ["blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let source = State::new(cx, 60).put(cx, &container, "object").await?;
    for bad in bad_names(cx)? {
        for to in [&container, &other] {
            for (source, expected) in [(None, None), (Some(source.as_str()), absent())] {
                let ended = copy_if(&container, &bad.name, source, to, "new", expected.clone());
                cx.check(bad.clause, "copy-if of a name that is refused")
                    .fails(ended.await, bad.refused)?;
                let ended = copy_if(&container, "object", source, to, &bad.name, expected);
                cx.check(bad.clause, "copy-if to a name that is refused")
                    .fails(ended.await, bad.refused)?;
            }
        }
    }
    let check = cx.check("TYP-ERR-6", "list after names were refused");
    has_only(check, &container, &["object"]).await?;
    has_only(check, &other, &[]).await
}
