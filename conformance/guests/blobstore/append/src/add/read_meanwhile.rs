use blobstore::append::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.read-meanwhile",
    title: "a get that has begun delivers the bytes of before an append, or is expired",
    clauses: ["BLOB-GET-11", "BLOB-DATA-3"],
    requires: ["blob.append"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let before = cx.random_bytes(300_000);
    cx.ok(container.put("object", &before).await)?;
    for begun in [0, 1_000] {
        let present = cx.ok(container.get("object").await)?.unwrap_or_default();
        let content = cx.ok(container.begin_get("object", None, None).await)?;
        let mut content = cx
            .check("BLOB-GET-11", "get of a present object")
            .some(Ok::<_, Error>(content))?;
        let mut read = content.read_exact(begun).await;
        cx.ok(append(&container, "object", b"meanwhile", None).await)?;
        cx.check("BLOB-DATA-3", "compare the size that get returned")
            .equal(content.info.size, present.len() as u64)?;
        let (rest, end) = content.collect().await;
        read.extend(rest);
        let check = cx.check("BLOB-GET-11", "read on after an append");
        match end {
            Ok(()) => check.bytes(&read, &present)?,
            Err(error) => check.fails(Err::<(), _>(error), Kind::Expired)?,
        }
        let longer = [&present[..], b"meanwhile"].concat();
        cx.check("BLOB-DATA-3", "get after the append")
            .value(container.get("object").await, &longer)?;
    }
    Ok(())
}
