use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{page, written};

case! {
    id: "blob.history.changes-between",
    title: "states that are kept throughout are listed once, whatever is written and removed between pages",
    clauses: ["TYP-PAGE-7", "BLOB-VERSIONS-1"],
    requires: ["blob.history"],
}

const STATES: usize = 9;
/// Of the states, by their places: those that are removed while the list is read.
const REMOVED: [usize; 3] = [7, 4, 1];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut before = Vec::new();
    for number in 0..STATES {
        let state = written(cx, &container, "object", number).await?;
        before.push(state.info.version);
    }
    let mut listed = Vec::new();
    let mut cursor: Option<String> = None;
    // Where the latest is not the first, the list ends behind what came last.
    for number in 0..4 * STATES {
        let page = page(cx, &container, "object", cursor.as_deref(), Some(2)).await?;
        listed.extend(page.states.into_iter().map(|state| state.version));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
        if number < STATES {
            written(cx, &container, "object", STATES + number).await?;
        }
        if let Some(place) = REMOVED.get(number) {
            cx.ok(history::delete(&container, "object", &before[*place]).await)?;
        } else {
            cx.ok(container.delete("object").await)?;
        }
    }
    for (place, version) in before.iter().enumerate() {
        if REMOVED.contains(&place) {
            continue;
        }
        let times = listed.iter().filter(|listed| *listed == version).count();
        cx.check("TYP-PAGE-7", "count a state that was kept throughout")
            .that(times <= 1, "once", &times)?;
        cx.check("BLOB-VERSIONS-1", "count a state that was kept throughout")
            .equal(times, 1)?;
    }
    Ok(())
}
