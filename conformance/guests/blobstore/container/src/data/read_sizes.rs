use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.data.read-sizes",
    title: "an object is the same however its reader divides it",
    clauses: ["BLOB-DATA-1", "BLOB-GET-9"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, (1 << 20) + 3);
    for (count, size) in [
        (1, 1_000),
        (7, 7_000),
        (7, 7_001),
        (4_096, 65_536),
        (4_097, 300_000),
        (1 << 20, bytes.len()),
        (2 << 20, bytes.len()),
    ] {
        let bytes = &bytes[..size];
        cx.ok(container.put("object", bytes).await)?;
        let found = container.begin_get("object", None, None).await;
        let mut content = cx.check("BLOB-DATA-1", "get of an object").some(found)?;
        let mut read = Vec::new();
        while read.len() < size {
            // A read of no bytes takes none, and is not the end.
            content.read(0).await;
            let more = content.read(count).await;
            let message = format!("read {count} bytes at a time");
            cx.check("BLOB-DATA-1", &message).that(
                !more.is_empty() && more.len() <= count,
                "as many bytes as were asked for, or fewer",
                &more,
            )?;
            read.extend(more);
        }
        cx.check("BLOB-DATA-1", &format!("all bytes, {count} at a time"))
            .bytes(&read, bytes)?;
        cx.check("BLOB-GET-9", "wait for the end after all bytes")
            .ok(content.end().await)?;
    }
    Ok(())
}
