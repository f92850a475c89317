use conformance_kit::prelude::*;

use crate::facts::{described, entries, owned};

case! {
    id: "blob.meta.replaced",
    title: "a put leaves nothing of the content type and the metadata before",
    clauses: ["BLOB-PUT-2"],
}

/// A content type and metadata.
type Described<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)]);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let states: [Described<'_>; 6] = [
        (Some("text/plain"), &[("a", "1"), ("b", "2")]),
        (None, &[]),
        (Some("image/png"), &[("b", "3"), ("c", "4")]),
        (Some("text/css"), &[("b", "")]),
        (None, &[("d", "5")]),
        (Some("text/html"), &[]),
    ];
    for (content_type, metadata) in states {
        let options = described(content_type, metadata);
        cx.ok(container.put_with("object", b"bytes", options).await)?;
        let info = cx.info(&container, "object").await?;
        let check = cx.check("BLOB-PUT-2", "head after an overwrite");
        let content_type = content_type.unwrap_or("application/octet-stream");
        check.equal(info.content_type.as_str(), content_type)?;
        check.equal(entries(&info.metadata), entries(&owned(metadata)))?;
    }
    Ok(())
}
