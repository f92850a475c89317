use conformance_kit::prelude::*;

use crate::support::State;
use blobstore::conditional_delete::delete_if;

case! {
    /// Its effect may still come after the drop, but only on what it expected.
    id: "blob.delete-if.dropped",
    title: "a delete-if that is dropped in flight never removes what is written afterwards",
    clauses: ["TYP-CALL-1", "BLOB-COND-3"],
    requires: ["blob.conditional-delete"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut dropped = 0;
    for _ in 0..12 {
        let (old, new) = (State::new(cx, 2_000), State::new(cx, 2_000));
        let version = old.put(cx, &container, "object").await?;
        let call = begin(delete_if(&container, "object", &version)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let found = cx.ok(container.head("object").await)?;
        let is_old = found.is_none_or(|info| info.version == version);
        cx.check("TYP-CALL-1", "head after a delete-if was dropped")
            .that(is_old, "none or the object", &is_old)?;
        new.put(cx, &container, "object").await?;
        let check = cx.check(
            "BLOB-COND-3",
            "read what was written after a delete-if was dropped",
        );
        for _ in 0..4 {
            new.is(check, &container, "object").await?;
        }
    }
    cx.note(format!("{dropped} of 12 calls were dropped in flight"));
    Ok(())
}
