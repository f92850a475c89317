use blobstore::append::append;
use conformance_kit::prelude::*;

use crate::growth::Grown;

case! {
    /// Where additions lie beside what they were added to, nothing of them may come back.
    id: "blob.append.replaced",
    title: "a write over an object that grew, and its deletion, leave nothing of what was added",
    clauses: ["BLOB-PUT-2", "BLOB-GET-3", "BLOB-APPEND-1", "BLOB-APPEND-3"],
    requires: ["blob.append"],
    timeout_s: 30,
}

/// Adds to an object that was replaced, and finds what replaced it and the addition.
async fn grows_anew(cx: &Context, container: &Container, bytes: &[u8]) -> Outcome {
    let check = cx.check(
        "BLOB-APPEND-1",
        "append to what replaced an object that grew",
    );
    let appended = check.ok(append(container, "object", b"anew", None).await)?;
    let whole = [bytes, b"anew"].concat();
    check.equal(appended.size, whole.len() as u64)?;
    check.value(container.get("object").await, &whole)
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    // Shorter and longer than what grew.
    for (put, size) in [(true, 10), (false, 0), (true, 5_000)] {
        let bytes = cx.random_bytes(size);
        Grown::new(cx, &container, "object", put).await?;
        let check = cx.check("BLOB-PUT-2", "put over an object that grew");
        check.ok(container.put("object", &bytes).await)?;
        check.value(container.get("object").await, &bytes)?;
        grows_anew(cx, &container, &bytes).await?;

        Grown::new(cx, &container, "object", put).await?;
        cx.ok(container.put("source", &bytes).await)?;
        let check = cx.check("BLOB-PUT-2", "copy over an object that grew");
        check.ok(container.copy("source", &container, "object").await)?;
        check.value(container.get("object").await, &bytes)?;
        grows_anew(cx, &container, &bytes).await?;

        let check = cx.check("BLOB-GET-3", "delete an object that grew");
        check.ok(container.delete("object").await)?;
        check.none(container.get("object").await)?;
        let check = cx.check("BLOB-APPEND-3", "append where a deleted object had grown");
        let appended = check.ok(append(&container, "object", &bytes, None).await)?;
        check.equal(appended.size, size as u64)?;
        check.value(container.get("object").await, &bytes)?;

        cx.ok(container.delete("object").await)?;
        let check = cx.check("BLOB-PUT-2", "put where a deleted object had grown");
        check.ok(container.put("object", &bytes).await)?;
        check.value(container.get("object").await, &bytes)?;
        grows_anew(cx, &container, &bytes).await?;
    }
    Ok(())
}
