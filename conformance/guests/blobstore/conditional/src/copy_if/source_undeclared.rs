use conformance_kit::prelude::*;

use crate::support::{State, absent, version};
use blobstore::conditional_copy::copy_if;

case! {
    /// The binding of the destination decides, and that of the source need not declare
    /// the feature.
    id: "blob.copy-if.source-undeclared",
    title: "copy-if copies from a container whose binding lacks the feature, by a version of the source too",
    clauses: ["BLOB-COPY-IF-1", "TYP-FEAT-3"],
    requires: ["blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let restricted = cx.restricted_container().await?;
    let container = cx.container().await?;
    let state = State::new(cx, 500);
    let present = state.put(cx, &restricted, "object").await?;
    for new_name in ["object", "copy"] {
        for source in [None, Some(present.as_str())] {
            for is_expected in [false, true] {
                let present = cx.ok(container.head(new_name).await)?;
                let expected = present.map_or_else(absent, |info| version(&info.version));
                let expected = expected.filter(|_| is_expected);
                let copied = copy_if(
                    &restricted,
                    "object",
                    source,
                    &container,
                    new_name,
                    expected,
                );
                let check = cx.check("TYP-FEAT-3", "copy-if from a binding without the feature");
                check.ok(copied.await)?;
                let check = cx.check("BLOB-COPY-IF-1", "read a copy from such a binding");
                state.is(check, &container, new_name).await?;
            }
        }
    }
    Ok(())
}
