use blobstore::links::{Access, follow, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.kept",
    title: "a link that is read takes the object for what it is when it is read, and leaves it",
    clauses: ["BLOB-LINK-1"],
    requires: ["blob.links"],
}

const MINUTE: Duration = Duration::from_secs(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"first").await)?;
    let link = cx.ok(sign(&container, "object", Access::Get, MINUTE).await)?;
    for bytes in [&b"second"[..], b"", b"third"] {
        cx.ok(container.put("object", bytes).await)?;
        let before = cx.info(&container, "object").await?;
        for _ in 0..2 {
            let reply = follow(cx, &link, Access::Get, b"").await;
            let check = cx.check("BLOB-LINK-1", "read by a link what was written since");
            check.that(reply.is_done(), "that it is done", &reply)?;
            check.bytes(reply.bytes(), bytes)?;
        }
        let after = cx.info(&container, "object").await?;
        cx.check("BLOB-LINK-1", "look at an object that was read by a link")
            .equal(after.version, before.version)?;
    }
    Ok(())
}
