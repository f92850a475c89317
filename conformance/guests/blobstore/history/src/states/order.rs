use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::written;

case! {
    id: "blob.history.order",
    title: "the latest state is listed first",
    clauses: ["BLOB-VERSIONS-5"],
    level: Level::Should,
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut expected = Vec::new();
    for number in 0..6 {
        let state = written(cx, &container, "object", number).await?;
        expected.insert(0, state.info.version);
    }
    for page_size in [None, Some(2)] {
        let listed = history::all(cx, &container, "object", page_size).await?;
        let listed: Vec<String> = listed.into_iter().map(|state| state.version).collect();
        cx.check("BLOB-VERSIONS-5", "list the states of an object")
            .that(listed == expected, "the latest state first", &listed.len())?;
    }
    Ok(())
}
