use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{versions, written};

case! {
    id: "blob.history.alike",
    title: "states of objects whose names are alike stay apart",
    clauses: ["BLOB-VERSIONS-2"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = ["a", "A", "a/", "a/b", "ab", "a%", "a ", "á"];
    let mut expected = vec![Vec::new(); names.len()];
    for number in 0..2 {
        for (name, versions) in names.iter().zip(&mut expected) {
            let state = written(cx, &container, name, number).await?;
            versions.push(state.info.version);
        }
    }
    for (name, expected) in names.iter().zip(&expected) {
        let listed = history::all(cx, &container, name, None).await?;
        cx.check("BLOB-VERSIONS-2", "list the states of one of them")
            .keys(&versions(&listed), expected)?;
    }
    Ok(())
}
