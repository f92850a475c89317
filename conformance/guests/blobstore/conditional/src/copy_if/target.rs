use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::{conditional_copy::copy_if, foreign_versions};

case! {
    id: "blob.copy-if.target",
    title: "copy-if to an object that is not in the expected state fails and changes nothing",
    clauses: ["BLOB-COPY-IF-4", "TYP-ERR-6", "TYP-VER-4"],
    requires: ["blob.conditional-copy"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let source = State::new(cx, 300).put(cx, &container, "object").await?;
    for to in [&container, &other] {
        let kept = State::new(cx, 80);
        let old = kept.put(cx, to, "target").await?;
        let present = kept.put(cx, to, "target").await?;
        for (new_name, expected) in [
            ("target", absent()),
            ("target", version(&old)),
            ("target", version(&source)),
            ("target", version("")),
            ("new", version(&present)),
            ("new", version("1")),
        ] {
            for source in [None, Some(source.as_str())] {
                let expected = expected.clone();
                let ended = copy_if(&container, "object", source, to, new_name, expected);
                cx.check("BLOB-COPY-IF-4", "copy-if to an object in another state")
                    .fails(ended.await, Kind::PreconditionFailed)?;
            }
        }
        for foreign in foreign_versions(cx, &present) {
            let message = format!("copy-if to what is to have {}", foreign.shown());
            let expected = version(&foreign);
            let ended = copy_if(&container, "object", None, to, "target", expected).await;
            cx.check("TYP-VER-4", &message)
                .fails(ended, Kind::PreconditionFailed)?;
        }
        let check = cx.check("TYP-ERR-6", "read after copy-if failed");
        let info = kept.is(check, to, "target").await?;
        check.equal(info.version, present)?;
        check.none(to.head("new").await)?;
        cx.ok(to.delete("target").await)?;
    }
    let check = cx.check("TYP-ERR-6", "list after copy-if failed");
    has_only(check, &container, &["object"]).await
}
