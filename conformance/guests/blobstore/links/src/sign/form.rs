use blobstore::links::{ACCESSES, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.form",
    title: "links are made to present and to absent objects, for every access",
    clauses: ["BLOB-LINK-5"],
    requires: ["blob.links"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("present", b"bytes").await)?;
    for name in ["present", "absent", "a/../b?c#d%20", "ä\u{1f600}"] {
        for access in ACCESSES {
            let minute = Duration::from_secs(60);
            let link = sign(&container, name, access, minute).await;
            let link = cx.check("BLOB-LINK-5", "make a link").ok(link)?;
            // The URL is a secret, which no report shows. Of its scheme capital letters are
            // no other one.
            let url = link.url.to_ascii_lowercase();
            let has_scheme = ["http://", "https://"]
                .iter()
                .any(|scheme| url.starts_with(scheme));
            cx.check("BLOB-LINK-5", "the form of a link").that(
                has_scheme && link.url.is_ascii(),
                "an absolute URL",
                &link,
            )?;
        }
    }
    // To make a link is no write.
    cx.check("BLOB-LINK-5", "get of an object that only a link names")
        .none(container.get("absent").await)
}
