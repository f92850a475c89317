use blobstore::links::{ACCESSES, Access, method, sign};
use conformance_kit::prelude::*;
use conformance_kit::requests::send;

case! {
    /// A service may look at the header fields of another access first, so they are sent
    /// as well.
    id: "blob.links.other-method",
    title: "a link is for one method: others are refused and leave the object as it is",
    clauses: ["BLOB-LINK-2"],
    requires: ["blob.links"],
    timeout_s: 30,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    let before = cx.info(&container, "object").await?;
    for access in ACCESSES {
        let link = cx.ok(sign(&container, "object", access, MINUTE).await)?;
        for other in ACCESSES.into_iter().filter(|other| *other != access) {
            let wanted = cx.ok(sign(&container, "object", other, MINUTE).await)?;
            for headers in [&link.headers, &wanted.headers] {
                let reply = send(method(other), &link.url, headers, b"changed").await;
                cx.check("BLOB-LINK-2", "a request with the method of another access")
                    .that(reply.is_refused(), "a refusal", &reply)?;
            }
        }
        if access != Access::Get {
            let reply = send("HEAD", &link.url, &link.headers, b"").await;
            cx.check("BLOB-LINK-2", "HEAD by a link that is not for reading")
                .that(reply.is_refused(), "a refusal", &reply)?;
        }
    }
    let after = cx.info(&container, "object").await?;
    cx.check("BLOB-LINK-2", "look at the object after refusals")
        .equal(after.version, before.version)?;
    cx.check("BLOB-LINK-2", "get after refusals")
        .value(container.get("object").await, b"bytes")
}
