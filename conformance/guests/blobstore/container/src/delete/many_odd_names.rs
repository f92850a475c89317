use blobstore::odd_names;
use conformance_kit::prelude::*;

use crate::objects::{is_exactly, names_of, put_all, with_bytes};

case! {
    /// Names that stand in the middle of a document, which has an alphabet of its own:
    /// each half is deleted while what it may be taken for is there.
    id: "blob.delete.many.odd-names",
    title: "delete-many removes names of all kinds, and none that is alike",
    clauses: ["BLOB-DELETEMANY-1", "BLOB-NAME-2"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = odd_names(cx)?;
    for first in [0, 1] {
        let half = |start: usize| -> Vec<&String> { names.iter().skip(start).step_by(2).collect() };
        let gone = with_bytes(cx, &half(first));
        let kept = with_bytes(cx, &half(1 - first));
        put_all(cx, &container, &gone).await?;
        put_all(cx, &container, &kept).await?;
        cx.check("BLOB-DELETEMANY-1", "delete-many of odd names")
            .ok(container.delete_many(&names_of(&gone)).await)?;
        is_exactly(cx, "BLOB-NAME-2", &container, &kept).await?;
        cx.check("BLOB-DELETEMANY-1", "delete-many of the other odd names")
            .ok(container.delete_many(&names_of(&kept)).await)?;
        is_exactly(cx, "BLOB-DELETEMANY-1", &container, &[]).await?;
    }
    Ok(())
}
