use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::conditional_copy::copy_if;

case! {
    id: "blob.copy-if.plain",
    title: "copy-if without conditions, or with those that hold, does what copy does",
    clauses: ["BLOB-COPY-IF-1"],
    requires: ["blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for to in [&container, &other] {
        let state = State::new(cx, 400);
        let source = state.put(cx, &container, "object").await?;
        let mut copied: Option<String> = None;
        for (with_source, with_expected) in [
            (true, true),
            (false, false),
            (true, true),
            (false, true),
            (true, false),
        ] {
            let expected = match &copied {
                None => absent(),
                Some(copied) => version(copied),
            };
            let ended = copy_if(
                &container,
                "object",
                with_source.then_some(source.as_str()),
                to,
                "copy",
                expected.filter(|_| with_expected),
            );
            let check = cx.check("BLOB-COPY-IF-1", "copy-if with conditions that hold");
            let made = check.ok(ended.await)?;
            let info = state.is(check, to, "copy").await?;
            check.equal(info.version.as_str(), made.as_str())?;
            let info = state.is(check, &container, "object").await?;
            check.equal(info.version.as_str(), source.as_str())?;
            copied = Some(made);
        }
        let check = cx.check("BLOB-COPY-IF-1", "list after copy-if");
        cx.ok(to.delete("copy").await)?;
        has_only(check, &container, &["object"]).await?;
    }
    Ok(())
}
