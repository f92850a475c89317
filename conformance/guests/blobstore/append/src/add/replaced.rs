use blobstore::append::append;
use conformance_kit::prelude::*;

use crate::growth::{Grown, grows};

case! {
    /// Where additions lie beside what they were added to, nothing of them may come back.
    id: "blob.append.replaced",
    title: "a write over an object that grew, and its deletion, leave nothing of what was added",
    clauses: [
        "BLOB-PUT-2",
        "BLOB-GET-3",
        "BLOB-APPEND-1",
        "BLOB-APPEND-2",
        "BLOB-APPEND-3",
        "BLOB-APPEND-6",
    ],
    requires: ["blob.append"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for put in [true, false] {
        // Shorter and longer than what grew.
        for size in [0, 10, 5_000] {
            let bytes = cx.random_bytes(size);
            let grown = Grown::new(cx, &container, "put", put).await?;
            let check = cx.check("BLOB-PUT-2", "put over an object that grew");
            check.ok(container.put("put", &bytes).await)?;
            check.value(container.get("put").await, &bytes)?;
            check.equal(cx.info(&container, "put").await?.size, size as u64)?;
            grows(cx, &container, "put", &bytes).await?;

            Grown::new(cx, &container, "copied over", put).await?;
            cx.ok(container.put("source", &bytes).await)?;
            let check = cx.check("BLOB-PUT-2", "copy over an object that grew");
            check.ok(container.copy("source", &container, "copied over").await)?;
            check.value(container.get("copied over").await, &bytes)?;
            grows(cx, &container, "copied over", &bytes).await?;

            let check = cx.check("BLOB-GET-3", "delete an object that grew");
            cx.ok(container.put("deleted", grown.bytes()).await)?;
            cx.ok(append(&container, "deleted", b"more", None).await)?;
            check.ok(container.delete("deleted").await)?;
            check.none(container.get("deleted").await)?;
            let check = cx.check(
                "BLOB-APPEND-3",
                "append to an object that grew in another life",
            );
            let appended = check.ok(append(&container, "deleted", &bytes, None).await)?;
            check.equal(appended.size, size as u64)?;
            check.value(container.get("deleted").await, &bytes)?;
            cx.ok(container.delete("deleted").await)?;
            let check = cx.check("BLOB-PUT-2", "put of an object that grew in another life");
            check.ok(container.put("deleted", &bytes).await)?;
            check.value(container.get("deleted").await, &bytes)?;
            grows(cx, &container, "deleted", &bytes).await?;
        }
    }
    Ok(())
}
