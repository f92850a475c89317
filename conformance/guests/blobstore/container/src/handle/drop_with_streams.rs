use conformance_kit::prelude::*;

case! {
    id: "blob.handle.drop-with-streams",
    title: "streams of a handle come to their end after it was dropped",
    clauses: ["BLOB-HANDLE-6"],
}

async fn run(cx: &Context) -> Outcome {
    let bytes = cx.random_bytes(700_000);
    let other = cx.container().await?;
    cx.ok(other.put("read", &bytes).await)?;
    for _ in 0..2 {
        let container = cx.container().await?;
        let mut content = cx.ok(container.begin_get("read", None, None).await)?;
        let mut first = Vec::new();
        if let Some(content) = &mut content {
            first = content.read_exact(1_000).await;
        }
        let (mut writer, answer) = container.begin_put("written", blobstore::options());
        writer.write(&bytes[..1_000]).await;
        let mut names = container.names("read");
        drop(container);

        let check = cx.check("BLOB-HANDLE-6", "read on after the handle was dropped");
        let content = check.some::<_, Error>(Ok(content))?;
        check.bytes(&first, &bytes[..1_000])?;
        check.delivers(content, &bytes[1_000..]).await?;

        let check = cx.check("BLOB-HANDLE-6", "write on after the handle was dropped");
        let rest = writer.all(&bytes[1_000..], answer).await;
        check.ok(rest)?;
        check.value(other.get("written").await, &bytes)?;
        cx.ok(other.delete("written").await)?;

        let check = cx.check("BLOB-HANDLE-6", "read names after the handle was dropped");
        check.equal(names.next().await, Some("read".to_owned()))?;
        check.equal(names.next().await, None)?;
        check.ok(names.end().await)?;
    }
    Ok(())
}
