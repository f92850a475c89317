use blobstore::links::{Access, follow, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.large",
    title: "by a link a mebibyte of any bytes comes and goes as it is",
    clauses: ["BLOB-LINK-1"],
    requires: ["blob.links"],
    timeout_s: 30,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let most = cx.limit("blob.object.max-bytes")?.min(1 << 20);
    let bytes = cx.random_bytes(most as usize);
    let put = cx.ok(sign(&container, "object", Access::Put, MINUTE).await)?;
    let reply = follow(cx, &put, Access::Put, &bytes).await;
    cx.check("BLOB-LINK-1", "write many bytes by a link").that(
        reply.is_done(),
        "that it is done",
        &reply,
    )?;
    cx.check("BLOB-LINK-1", "get of many bytes that a link wrote")
        .value(container.get("object").await, &bytes)?;
    let get = cx.ok(sign(&container, "object", Access::Get, MINUTE).await)?;
    let reply = follow(cx, &get, Access::Get, b"").await;
    let check = cx.check("BLOB-LINK-1", "read many bytes by a link");
    check.that(reply.is_done(), "that it is done", &reply)?;
    check.bytes(reply.bytes(), &bytes)
}
