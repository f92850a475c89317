use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{cursor, written};

case! {
    id: "blob.history.page-zero",
    title: "a page size of zero is invalid, whatever states there are and further on too",
    clauses: ["TYP-PAGE-1", "TYP-PAGE-4"],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for number in 0..4 {
        written(cx, &container, "object", number).await?;
    }
    let cursor = cursor(cx, &container, "object", 2).await?;
    for (name, cursor) in [
        ("object", None),
        ("object", Some(cursor.as_str())),
        ("never", None),
    ] {
        let listed = history::versions(&container, name, cursor, Some(0)).await;
        cx.check("TYP-PAGE-1", "versions with a page size of zero")
            .fails(listed, Kind::InvalidArgument)?;
    }
    Ok(())
}
