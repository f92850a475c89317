use conformance_kit::prelude::*;

use crate::listing::{NONE, names};
use crate::objects::some_options;

case! {
    id: "blob.delete.existing",
    title: "a deleted object is absent for get, head, list and names",
    clauses: ["BLOB-DELETE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 1, 100_000] {
        let bytes = cx.random_bytes(size);
        cx.ok(container
            .put_with("a/object", &bytes, some_options(cx))
            .await)?;
        let check = cx.check("BLOB-DELETE-1", "delete of a present object");
        check.ok(container.delete("a/object").await)?;
        let check = cx.check("BLOB-DELETE-1", "read after delete");
        check.none(container.get("a/object").await)?;
        check.none(container.head("a/object").await)?;
        check.keys(
            &names(&cx.all_items(&container, "", None, None).await?),
            NONE,
        )?;
        check.items(&cx.all_items(&container, "", Some("/"), None).await?, NONE)?;
        let (streamed, end) = container.names("a").collect().await;
        check.ok(end)?;
        check.keys(&streamed, NONE)?;
    }
    Ok(())
}
