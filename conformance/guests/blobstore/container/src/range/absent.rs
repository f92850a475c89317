use blobstore::range;
use conformance_kit::prelude::*;

case! {
    id: "blob.range.absent",
    title: "every range of an absent object is none",
    clauses: ["BLOB-GET-2", "BLOB-GET-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("deleted", b"bytes").await)?;
    cx.ok(container.delete("deleted").await)?;
    for offset in [0, 1, 5, 6, u64::MAX] {
        for length in [None, Some(0), Some(1), Some(u64::MAX)] {
            let get = |name| container.begin_get(name, range(offset, length), None);
            cx.check("BLOB-GET-2", "range of an object that was never written")
                .none(get("never-written").await)?;
            cx.check("BLOB-GET-3", "range of an object that was deleted")
                .none(get("deleted").await)?;
        }
    }
    Ok(())
}
