use conformance_kit::prelude::*;

use crate::listing::NONE;
use crate::objects::{is_exactly, put_all, some_objects};

case! {
    id: "blob.delete.many.none",
    title: "delete-many of no names returns ok and changes nothing",
    clauses: ["BLOB-DELETEMANY-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let objects = some_objects(cx, "", 5);
    for present in [false, true] {
        if present {
            put_all(cx, &container, &objects).await?;
        }
        cx.check("BLOB-DELETEMANY-2", "delete-many of no names")
            .ok(container.delete_many(NONE).await)?;
    }
    is_exactly(cx, "BLOB-DELETEMANY-2", &container, &objects).await
}
