use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::conditional_copy::copy_if;

case! {
    id: "blob.copy-if.plain",
    title: "copy-if without conditions, or with those that hold, does what copy does",
    clauses: ["BLOB-COPY-IF-1", "TYP-VER-1"],
    requires: ["blob.conditional-copy"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for (to, new_name, size) in [
        (&container, "copy", 400),
        (&other, "copy", 400),
        // No copy of an object onto itself, for all that.
        (&other, "object", 400),
        (&container, "copy", 0),
    ] {
        let state = State::new(cx, size);
        let source = state.put(cx, &container, "object").await?;
        let mut copied: Option<String> = None;
        let mut versions = Vec::new();
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
                new_name,
                expected.filter(|_| with_expected),
            );
            let check = cx.check("BLOB-COPY-IF-1", "copy-if with conditions that hold");
            let made = check.ok(ended.await)?;
            let info = state.is(check, to, new_name).await?;
            check.equal(info.version.as_str(), made.as_str())?;
            let info = state.is(check, &container, "object").await?;
            check.equal(info.version.as_str(), source.as_str())?;
            let is_new = !versions.contains(&made);
            cx.check("TYP-VER-1", "compare with earlier versions of the copy")
                .that(is_new, "a version that the copy never had", &made)?;
            versions.push(made.clone());
            copied = Some(made);
        }
        let check = cx.check("BLOB-COPY-IF-1", "list after copy-if");
        cx.ok(to.delete(new_name).await)?;
        has_only(check, &container, &["object"]).await?;
    }
    Ok(())
}
