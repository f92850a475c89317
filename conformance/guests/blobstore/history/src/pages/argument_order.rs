use blobstore::{bad_names, history, range};
use conformance_kit::prelude::*;

use crate::states_of::written;

case! {
    id: "blob.history.argument-order",
    title: "of several arguments that are not acceptable the first decides, before a state is looked for",
    clauses: ["TYP-ERR-8"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let state = written(cx, &container, "object", 0).await?;
    let check = |message| cx.check("TYP-ERR-8", message);
    for bad in bad_names(cx)? {
        let (name, refused) = (bad.name.as_str(), bad.refused);
        for (cursor, page_size) in [(Some("noise"), None), (None, Some(0)), (Some(""), Some(0))] {
            let listed = history::versions(&container, name, cursor, page_size).await;
            check("versions of a name that is refused with a bad cursor or page size")
                .fails(listed, refused)?;
        }
        for version in [state.info.version.as_str(), "unknown"] {
            let part = range(u64::MAX, 1);
            let read = history::begin_get(&container, name, version, part).await;
            check("get-version of a name that is refused with a range behind every end")
                .fails(read, refused)?;
        }
    }
    Ok(())
}
