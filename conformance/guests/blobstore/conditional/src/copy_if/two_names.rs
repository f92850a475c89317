use conformance_kit::prelude::*;

use crate::support::{State, absent, version};
use blobstore::conditional_copy::copy_if;

case! {
    id: "blob.copy-if.two-names",
    title: "copy-if knows an object by both names of its container",
    clauses: ["BLOB-COPY-IF-1", "BLOB-COPY-IF-4"],
    requires: ["blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let (first, second) = (cx.container().await?, cx.container_by_alias().await?);
    // Two names are two sessions.
    let settles = async || cx.sleep(cx.visibility_bound()).await;
    for (from, to) in [(&first, &second), (&second, &first)] {
        for size in [0, 100_000] {
            let state = State::new(cx, size);
            let written = state.put(cx, from, "object").await?;
            settles().await;
            let itself = copy_if(from, "object", Some(&written), to, "object", absent());
            cx.check(
                "BLOB-COPY-IF-4",
                "copy-if of an object onto itself as absent",
            )
            .fails(itself.await, Kind::PreconditionFailed)?;
            let expected = version(&written);
            let itself = copy_if(from, "object", Some(&written), to, "object", expected);
            let check = cx.check("BLOB-COPY-IF-1", "copy-if of an object by another name");
            check.ok(itself.await)?;
            settles().await;
            for container in [from, to] {
                state.is(check, container, "object").await?;
            }
        }
    }
    Ok(())
}
