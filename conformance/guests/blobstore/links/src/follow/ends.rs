use blobstore::links::{ACCESSES, Access, follow, sign};
use conformance_kit::prelude::*;

case! {
    /// When the one to read has ended, which was made last, the others have ended as well.
    /// They are not tried before: what they do could not be told from what they must not.
    id: "blob.links.ends",
    title: "a link ends no more than a minute after its lifetime, and others go on",
    clauses: ["BLOB-LINK-1", "BLOB-LINK-2"],
    requires: ["blob.links"],
    lane: Lane::Slow,
    timeout_s: 100,
}

const SHORT: Duration = Duration::from_secs(1);
/// A minute, and a second for the request.
const LATEST: Duration = Duration::from_secs(61);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    let before = cx.info(&container, "object").await?;
    let lasting = sign(&container, "object", Access::Get, Duration::from_secs(600));
    let lasting = cx.ok(lasting.await)?;
    let mut short = Vec::new();
    for access in ACCESSES.into_iter().filter(|access| *access != Access::Get) {
        let link = sign(&container, "object", access, SHORT).await;
        short.push((access, cx.ok(link)?));
    }
    let get = cx.ok(sign(&container, "object", Access::Get, SHORT).await)?;
    let limit = SHORT + LATEST;
    let has_ended = cx
        .wait_until(limit, async || {
            let reply = follow(cx, &get, Access::Get, b"").await;
            if !reply.is_refused() {
                cx.check("BLOB-LINK-1", "read by a link that has not ended")
                    .that(reply.is_done(), "that it is done", &reply)?;
            }
            Ok(reply.is_refused())
        })
        .await?;
    cx.check("BLOB-LINK-2", "read by a link until it ends")
        .that(
            has_ended,
            "an end within a minute after its lifetime",
            "none",
        )?;
    for (access, link) in &short {
        let reply = follow(cx, link, *access, b"changed").await;
        cx.check("BLOB-LINK-2", "a request by a link that has ended")
            .that(reply.is_refused(), "a refusal", &reply)?;
    }
    let after = cx.info(&container, "object").await?;
    cx.check("BLOB-LINK-2", "look at the object after links ended")
        .equal(after.version, before.version)?;
    let reply = follow(cx, &lasting, Access::Get, b"").await;
    let check = cx.check("BLOB-LINK-1", "read by a link that lasts longer");
    check.that(reply.is_done(), "that it is done", &reply)?;
    check.bytes(reply.bytes(), b"bytes")
}
