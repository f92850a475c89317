use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::written;

case! {
    id: "blob.history.cursor-other-handle",
    title: "a list of states goes on through any handle of the container",
    clauses: ["TYP-PAGE-9"],
    requires: ["blob.history"],
}

const STATES: usize = 7;

async fn run(cx: &Context) -> Outcome {
    let mut expected = Vec::new();
    for number in 0..STATES {
        let state = written(cx, &cx.container().await?, "object", number).await?;
        expected.push(state.info.version);
    }
    let check = cx.check("TYP-PAGE-9", "read each page through another handle");
    let mut listed = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..STATES + 2 {
        let container = cx.container().await?;
        let page = history::versions(&container, "object", cursor.as_deref(), Some(2)).await;
        let page = check.ok(page)?;
        listed.extend(page.states.into_iter().map(|state| state.version));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    check.keys(&listed, &expected)
}
