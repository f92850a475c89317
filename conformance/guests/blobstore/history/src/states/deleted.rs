use blobstore::Item;
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, written};

case! {
    id: "blob.history.deleted",
    title: "the states of a deleted object are kept, and shown by nothing else",
    clauses: [
        "BLOB-HISTORY-1",
        "BLOB-HISTORY-2",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
    ],
    requires: ["blob.history"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states = vec![
        written(cx, &container, "object", 0).await?,
        written(cx, &container, "object", 1).await?,
    ];
    cx.ok(container.delete("object").await)?;
    let hidden = |message| cx.check("BLOB-HISTORY-2", message);
    hidden("get of a deleted object").none(container.get("object").await)?;
    hidden("head of a deleted object").none(container.head("object").await)?;
    let listed = cx.all_items(&container, "", None, None).await?;
    hidden("list after the deletion").items::<&str>(&listed, &[])?;
    are_kept(cx, &container, "object", &states).await?;

    let again = written(cx, &container, "object", 2).await?;
    hidden("get of the new object").value(container.get("object").await, &again.bytes)?;
    let listed: Vec<Item> = cx.all_items(&container, "", None, None).await?;
    hidden("list with the new object").items(&listed, &["object"])?;
    states.push(again);
    are_kept(cx, &container, "object", &states).await?;

    // The same by the function that deletes many.
    let other = written(cx, &container, "other", 3).await?;
    cx.ok(container.delete_many(&["object", "other", "never"]).await)?;
    let listed = cx.all_items(&container, "", None, None).await?;
    hidden("list after the deletion of many").items::<&str>(&listed, &[])?;
    are_kept(cx, &container, "object", &states).await?;
    are_kept(cx, &container, "other", &[other]).await
}
