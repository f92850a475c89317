use conformance_kit::prelude::*;

use crate::support::{State, settle, unless_failed};
use blobstore::conditional_copy::copy_if;

case! {
    /// So many bytes take longer than a look at their version. What comes in between is
    /// as large, or so small that nothing is left where the copy reads on.
    id: "blob.copy-if.slow-source",
    title: "copy-if of 8 MiB whose source is overwritten meanwhile copies the version that it was given or fails",
    clauses: ["BLOB-COPY-IF-2"],
    requires: ["blob.conditional-copy"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const SIZE: usize = 8 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let mut copies = 0;
    for size in [12, SIZE] {
        for to in [&container, &other] {
            let (state, next) = (State::new(cx, SIZE), State::new(cx, size));
            let version = state.put(cx, &container, "source").await?;
            let source = Some(version.as_str());
            let copy = begin(copy_if(&container, "source", source, to, "copy", None)).await;
            settle(cx).await;
            next.put(cx, &container, "source").await?;
            let copied = copy.finish().await;
            if matches!(copied, Err(Error::Throttled(_))) {
                cx.note("a copy-if whose source is overwritten is throttled");
                continue;
            }
            let check = cx.check("BLOB-COPY-IF-2", "copy-if while its source is overwritten");
            if unless_failed(check, copied)?.is_some() {
                copies += 1;
                state.is(check, to, "copy").await?;
            }
        }
    }
    cx.note(format!("{copies} of 4 were copied"));
    Ok(())
}
