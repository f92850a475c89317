use blobstore::{bad_names, history};
use conformance_kit::prelude::*;

use crate::states_of::written;

case! {
    id: "blob.history.names-refused",
    title: "every function of earlier states refuses the empty name and names that are too long",
    clauses: ["BLOB-NAME-4", "BLOB-NAME-5"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let state = written(cx, &container, "object", 0).await?;
    for bad in bad_names(cx)? {
        let (name, refused) = (bad.name.as_str(), bad.refused);
        let check = |message| cx.check(bad.clause, message);
        let listed = history::versions(&container, name, None, None).await;
        check("versions of a name that is refused").fails(listed, refused)?;
        for version in [state.info.version.as_str(), "1", ""] {
            let read = history::begin_get(&container, name, version, None).await;
            check("get-version of a name that is refused").fails(read, refused)?;
            let removed = history::delete(&container, name, version).await;
            check("delete-version of a name that is refused").fails(removed, refused)?;
        }
    }
    Ok(())
}
