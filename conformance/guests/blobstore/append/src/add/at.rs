use blobstore::append::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.at",
    title: "append at a place happens only if the object has so many bytes",
    clauses: ["BLOB-APPEND-4", "BLOB-COND-1"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    // An absent object has none.
    for at in [1, u64::MAX] {
        cx.check(
            "BLOB-APPEND-4",
            "append to an absent object, behind some bytes",
        )
        .fails(
            append(&container, "object", b"refused", Some(at)).await,
            Kind::PreconditionFailed,
        )?;
        cx.check("BLOB-APPEND-4", "get after a refused append")
            .none(container.get("object").await)?;
    }
    // One that is there has none either, and is no absent one.
    cx.ok(container.put("empty", b"").await)?;
    cx.check("BLOB-APPEND-4", "append to an empty object, behind a byte")
        .fails(
            append(&container, "empty", b"refused", Some(1)).await,
            Kind::PreconditionFailed,
        )?;
    for bytes in [&b""[..], b"bytes"] {
        cx.check("BLOB-COND-1", "append to an empty object at its beginning")
            .ok(append(&container, "empty", bytes, Some(0)).await)?;
        cx.check("BLOB-COND-1", "get after an append to an empty object")
            .value(container.get("empty").await, bytes)?;
    }
    let mut whole = Vec::new();
    for _ in 0..4 {
        let bytes = cx.random_bytes(100);
        let appended = append(&container, "object", &bytes, Some(whole.len() as u64)).await;
        cx.check("BLOB-COND-1", "append behind as many bytes as there are")
            .ok(appended)?;
        whole.extend(bytes);
        let size = whole.len() as u64;
        for wrong in [0, size - 1, size + 1, u64::MAX] {
            cx.check("BLOB-APPEND-4", "append behind another number of bytes")
                .fails(
                    append(&container, "object", b"refused", Some(wrong)).await,
                    Kind::PreconditionFailed,
                )?;
        }
        cx.check("BLOB-APPEND-4", "get after refused appends")
            .value(container.get("object").await, &whole)?;
    }
    Ok(())
}
