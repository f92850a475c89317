use blobstore::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.drop-handle",
    title: "an append in flight comes to its end after its handle was dropped",
    clauses: ["BLOB-HANDLE-6", "BLOB-APPEND-1"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let mut whole = cx.random_bytes(300);
    let container = cx.container().await?;
    cx.ok(container.put("object", &whole).await)?;
    drop(container);
    for size in [2_000, 200_000] {
        let container = cx.container().await?;
        let more = cx.random_bytes(size);
        let (mut writer, answer) = append::begin(&container, "object", None);
        writer.write(&more[..1_000]).await;
        drop(container);
        let appended = writer.all(&more[1_000..], answer).await;
        cx.check("BLOB-HANDLE-6", "append on after the handle was dropped")
            .ok(appended)?;
        whole.extend(more);
        let container = cx.container().await?;
        cx.check("BLOB-APPEND-1", "get after append without a handle")
            .value(container.get("object").await, &whole)?;
    }
    Ok(())
}
