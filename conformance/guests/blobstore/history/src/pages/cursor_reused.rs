use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{page, versions, written};

case! {
    id: "blob.history.cursor-reused",
    title: "a cursor of states that is used a second time goes on from its place or is invalid",
    clauses: ["TYP-PAGE-8"],
    level: Level::May,
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for number in 0..6 {
        written(cx, &container, "object", number).await?;
    }
    let first = page(cx, &container, "object", None, Some(2)).await?;
    let check = cx.check("TYP-PAGE-8", "use a cursor a second time");
    let Some(cursor) = first.cursor else {
        return check.that(false, "a cursor while states are left", &first.states.len());
    };
    let mut next = Some(cursor.clone());
    // To the end of the list once, so that the first use is long over.
    for _ in 0..8 {
        let Some(place) = next else { break };
        let used = history::versions(&container, "object", Some(&place), Some(2)).await;
        next = check.ok(used)?.cursor;
    }
    let again = history::versions(&container, "object", Some(&cursor), Some(100)).await;
    if let Err(Error::InvalidArgument(_)) = again {
        cx.note("a cursor can be used once");
        return Ok(());
    }
    cx.note("a cursor can be used again");
    let mut seen = first.states;
    let mut again = check.ok(again)?;
    loop {
        seen.extend(again.states);
        let Some(cursor) = again.cursor else { break };
        check.that(seen.len() < 20, "an end of the list", &seen.len())?;
        let more = history::versions(&container, "object", Some(&cursor), Some(100)).await;
        again = check.ok(more)?;
    }
    let expected = versions(&history::all(cx, &container, "object", None).await?);
    check.keys(&versions(&seen), &expected)
}
