use blobstore::links::{Access, follow, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.absent",
    title: "links to an absent object find nothing, do no harm, and work once it is there",
    clauses: ["BLOB-LINK-1", "BLOB-LINK-5"],
    requires: ["blob.links"],
}

const MINUTE: Duration = Duration::from_secs(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("beside", b"kept").await)?;
    let get = sign(&container, "absent", Access::Get, MINUTE).await;
    let get = cx
        .check("BLOB-LINK-5", "make a link to read an absent object")
        .ok(get)?;
    let delete = sign(&container, "absent", Access::Delete, MINUTE).await;
    let delete = cx
        .check("BLOB-LINK-5", "make a link to remove an absent object")
        .ok(delete)?;
    let reply = follow(cx, &get, Access::Get, b"").await;
    cx.check("BLOB-LINK-1", "read an absent object by a link")
        .that(reply.is_refused(), "that there is none", &reply)?;
    // Some services say that there was nothing to remove.
    let reply = follow(cx, &delete, Access::Delete, b"").await;
    cx.check("BLOB-LINK-1", "remove an absent object by a link")
        .that(reply.is_done() || reply.is_refused(), "an answer", &reply)?;
    let names = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-LINK-1", "list after requests for an absent object")
        .keys(&names, &["beside"])?;

    for bytes in [&b"present"[..], b"present again"] {
        cx.ok(container.put("absent", bytes).await)?;
        let reply = follow(cx, &get, Access::Get, b"").await;
        let check = cx.check(
            "BLOB-LINK-1",
            "read by a link that was made before the object",
        );
        check.that(reply.is_done(), "that it is done", &reply)?;
        check.bytes(reply.bytes(), bytes)?;
        let reply = follow(cx, &delete, Access::Delete, b"").await;
        cx.check(
            "BLOB-LINK-1",
            "remove by a link that was made before the object",
        )
        .that(reply.is_done(), "that it is done", &reply)?;
        let names = cx.all_names(&container, "", None).await?;
        cx.check("BLOB-LINK-1", "list after the object was removed")
            .keys(&names, &["beside"])?;
    }
    Ok(())
}
