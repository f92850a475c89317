use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{page, versions, written};

case! {
    id: "blob.history.cursor-other-list",
    title: "a cursor is invalid for the states of another object and for a list of objects",
    clauses: ["TYP-PAGE-4", "TYP-PAGE-6"],
    requires: ["blob.history"],
}

const NAMES: [&str; 4] = ["object", "objec", "object/", "Object"];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for number in 0..4 {
        for name in NAMES {
            written(cx, &container, name, number).await?;
        }
        written(cx, &other, "object", number).await?;
    }
    let first = page(cx, &container, "object", None, Some(2)).await?;
    let Some(issued) = first.cursor else {
        let check = cx.check("TYP-PAGE-4", "read a page while states are left");
        return Err(check.failed("a cursor", &first.states.len()));
    };
    let check = |message| cx.check("TYP-PAGE-6", message);
    for (place, names) in [(&container, &NAMES[1..]), (&other, &NAMES[..1])] {
        for name in names.iter().chain(&["never"]) {
            let listed = history::versions(place, name, Some(&issued), None).await;
            check("versions from a cursor of another object")
                .fails(listed, Kind::InvalidArgument)?;
        }
    }
    for prefix in ["object", ""] {
        let listed = container.list(prefix, None, Some(&issued), None).await;
        check("list from a cursor of states").fails(listed, Kind::InvalidArgument)?;
        let objects = cx.ok(container.list(prefix, None, None, Some(1)).await)?;
        let listed = history::versions(&container, "object", objects.cursor.as_deref(), None).await;
        if objects.cursor.is_some() {
            check("versions from a cursor of objects").fails(listed, Kind::InvalidArgument)?;
        }
    }
    // Its own list goes on from it all the same.
    let mut seen = first.states;
    let mut next = Some(issued);
    for _ in 0..6 {
        let Some(cursor) = next else { break };
        let more = page(cx, &container, "object", Some(&cursor), None).await?;
        seen.extend(more.states);
        next = more.cursor;
    }
    let expected = versions(&history::all(cx, &container, "object", None).await?);
    cx.check("TYP-PAGE-4", "go on from the cursor after refusals")
        .keys(&versions(&seen), &expected)
}
