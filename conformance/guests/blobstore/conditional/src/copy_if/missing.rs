use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::conditional_copy::copy_if;

case! {
    id: "blob.copy-if.missing",
    title: "copy-if of an absent source is not-found, whatever is expected",
    clauses: ["BLOB-COPY-IF-5"],
    requires: ["blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let gone = State::new(cx, 40).put(cx, &container, "deleted").await?;
    cx.ok(container.delete("deleted").await)?;
    for to in [&container, &other] {
        let target = State::new(cx, 40).put(cx, to, "target").await?;
        for name in ["deleted", "never"] {
            for source in [None, Some(gone.as_str()), Some("")] {
                for (new_name, expected) in [
                    ("new", None),
                    ("new", absent()),
                    ("new", version("1")),
                    ("target", None),
                    ("target", absent()),
                    ("target", version(&target)),
                ] {
                    let ended = copy_if(&container, name, source, to, new_name, expected);
                    cx.check("BLOB-COPY-IF-5", "copy-if of an absent source")
                        .fails(ended.await, Kind::NotFound)?;
                }
            }
        }
        let check = cx.check("BLOB-COPY-IF-5", "list after copy-if of an absent source");
        has_only(check, to, &["target"]).await?;
    }
    Ok(())
}
