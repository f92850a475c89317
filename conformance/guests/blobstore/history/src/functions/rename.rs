use blobstore::Precondition;
use blobstore::atomic_move::rename;
use conformance_kit::prelude::*;

use crate::states_of::{are_kept, seen, version_of, written};

case! {
    id: "blob.history.rename",
    title: "a rename leaves earlier states under both names: what it took away and what it overwrote",
    clauses: [
        "BLOB-HISTORY-1",
        "BLOB-HISTORY-2",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
        "BLOB-RENAME-5",
    ],
    requires: ["blob.history", "blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut old = Vec::new();
    let mut new = vec![written(cx, &container, "new", 9).await?];
    for is_expected in [true, false] {
        old.push(written(cx, &container, "old", old.len()).await?);
        let state = written(cx, &container, "old", old.len()).await?;
        let expected = new.last().filter(|_| is_expected).and_then(version_of);
        cx.ok(rename(&container, "old", "new", expected).await)?;
        new.push(seen(cx, &container, "new", state.bytes.clone()).await?);
        old.push(state);
        cx.check("BLOB-HISTORY-2", "get of the old name after a rename")
            .none(container.get("old").await)?;
        are_kept(cx, &container, "old", &old).await?;
        are_kept(cx, &container, "new", &new).await?;
    }
    // One that is refused leaves none.
    old.push(written(cx, &container, "old", 8).await?);
    let refused = rename(&container, "old", "new", Some(Precondition::Absent)).await;
    cx.check(
        "BLOB-RENAME-5",
        "rename to a present name that is to be absent",
    )
    .fails(refused, Kind::PreconditionFailed)?;
    are_kept(cx, &container, "old", &old).await?;
    are_kept(cx, &container, "new", &new).await?;
    // To a name that was never there, and whose history begins with it.
    let absent = Some(Precondition::Absent);
    cx.ok(rename(&container, "new", "third", absent).await)?;
    let bytes = new.last().map_or(Vec::new(), |state| state.bytes.clone());
    let third = seen(cx, &container, "third", bytes).await?;
    are_kept(cx, &container, "new", &new).await?;
    are_kept(cx, &container, "third", &[third]).await
}
