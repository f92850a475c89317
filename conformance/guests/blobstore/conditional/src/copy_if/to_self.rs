use conformance_kit::prelude::*;

use crate::support::{State, absent, version};
use blobstore::conditional_copy::copy_if;

case! {
    id: "blob.copy-if.to-self",
    title: "copy-if of an object onto itself leaves its bytes, and fails where a condition does",
    clauses: ["BLOB-COPY-IF-1", "BLOB-COPY-IF-3", "BLOB-COPY-IF-4", "BLOB-COPY-6"],
    requires: ["blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let again = cx.container().await?;
    let state = State::new(cx, 5_000);
    let old = state.put(cx, &container, "object").await?;
    let mut present = state.put(cx, &container, "object").await?;
    for to in [&container, &again] {
        for (clause, source, expected) in [
            ("BLOB-COPY-IF-3", Some(&old), None),
            ("BLOB-COPY-IF-4", None, absent()),
            ("BLOB-COPY-IF-4", None, version(&old)),
            ("BLOB-COPY-IF-4", Some(&present), version(&old)),
        ] {
            let source = source.map(String::as_str);
            let ended = copy_if(&container, "object", source, to, "object", expected);
            cx.check(clause, "copy-if of an object onto itself")
                .fails(ended.await, Kind::PreconditionFailed)?;
        }
        for (with_source, with_expected) in [(true, false), (false, true), (true, true)] {
            let source = with_source.then_some(present.as_str());
            let expected = version(&present).filter(|_| with_expected);
            let ended = copy_if(&container, "object", source, to, "object", expected);
            let made = cx
                .check("BLOB-COPY-IF-1", "copy-if of an object onto itself")
                .ok(ended.await)?;
            let check = cx.check("BLOB-COPY-6", "read an object that was copied onto itself");
            present = state.is(check, &container, "object").await?.version;
            // A new one or the one before: what was returned is what there is.
            cx.check("BLOB-COPY-IF-1", "head after copy-if onto itself")
                .equal(present.as_str(), made.as_str())?;
        }
    }
    Ok(())
}
