use conformance_kit::prelude::*;

case! {
    /// One stream at a time: each would keep alive what the others need.
    id: "blob.handle.drop-with-streams",
    title: "streams of a handle come to their end after it was dropped",
    clauses: ["BLOB-HANDLE-6"],
}

async fn reads(cx: &Context, bytes: &[u8]) -> Outcome {
    let container = cx.container().await?;
    let content = container.begin_get("read", None, None).await;
    let check = cx.check("BLOB-HANDLE-6", "read on after the handle was dropped");
    let mut content = check.some(content)?;
    let first = content.read_exact(1_000).await;
    drop(container);
    check.bytes(&first, &bytes[..1_000])?;
    check.delivers(content, &bytes[1_000..]).await
}

async fn writes(cx: &Context, bytes: &[u8]) -> Outcome {
    let container = cx.container().await?;
    let (mut writer, answer) = container.begin_put("written", blobstore::options());
    writer.write(&bytes[..1_000]).await;
    drop(container);
    let written = writer.all(&bytes[1_000..], answer).await;
    let check = cx.check("BLOB-HANDLE-6", "write on after the handle was dropped");
    check.ok(written)?;
    let container = cx.container().await?;
    check.value(container.get("written").await, bytes)?;
    cx.ok(container.delete("written").await)
}

async fn names(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = container.names("");
    drop(container);
    let (names, end) = names.collect().await;
    let check = cx.check("BLOB-HANDLE-6", "read names after the handle was dropped");
    check.ok(end)?;
    check.keys(&names, &["read"])
}

async fn run(cx: &Context) -> Outcome {
    let bytes = cx.random_bytes(700_000);
    let container = cx.container().await?;
    cx.ok(container.put("read", &bytes).await)?;
    drop(container);
    for _ in 0..2 {
        reads(cx, &bytes).await?;
        writes(cx, &bytes).await?;
        names(cx).await?;
    }
    Ok(())
}
