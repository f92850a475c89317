use blobstore::links::{Access, follow, sign};
use blobstore::{Moment, PutOptions};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.replaces",
    title: "a link writes as a put without options does: a new state, of which nothing else is said",
    clauses: ["BLOB-LINK-1"],
    requires: ["blob.links"],
}

const MINUTE: Duration = Duration::from_secs(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let described = PutOptions {
        content_type: Some("text/plain".to_owned()),
        metadata: vec![("key".to_owned(), "value".to_owned())],
        ..blobstore::options()
    };
    let put = async || {
        let written = container.put_with("object", b"longer than what comes", described.clone());
        cx.ok(written.await).map(drop)
    };
    let first = Moment::of(cx, &container, "object", put).await?;
    let before = cx.info(&container, "object").await?;
    let link = cx.ok(sign(&container, "object", Access::Put, MINUTE).await)?;
    // Each writes once more: a link is not used up.
    for bytes in [&b"bytes"[..], b"", b"more bytes"] {
        let write = async || {
            let reply = follow(cx, &link, Access::Put, bytes).await;
            cx.check("BLOB-LINK-1", "write over an object by a link")
                .that(reply.is_done(), "that it is done", &reply)
        };
        let written = Moment::of(cx, &container, "object", write).await?;
        let check = cx.check("BLOB-LINK-1", "look at an object that a link wrote");
        written.is_behind(check, first)?;
        let info = cx.info(&container, "object").await?;
        check.equal(info.size, bytes.len() as u64)?;
        check.equal(info.content_type, "application/octet-stream".to_owned())?;
        check.equal(info.metadata.len(), 0)?;
        check.that(
            info.version != before.version,
            "another version",
            &info.version,
        )?;
        cx.check("BLOB-LINK-1", "get of what a link wrote")
            .value(container.get("object").await, bytes)?;
    }
    Ok(())
}
