use conformance_kit::prelude::*;

use crate::facts::{described, told_by_get};

case! {
    id: "blob.meta.type-default",
    title: "an object that was written without a content type has the general one",
    clauses: ["BLOB-META-7"],
}

/// What a service that guesses goes by: the end of the name, and the first bytes.
const OBJECTS: [(&str, &[u8]); 9] = [
    ("object", b"bytes"),
    ("empty", b""),
    ("page.html", b"<!doctype html><html></html>"),
    ("image.png", b"\x89PNG\r\n\x1a\n"),
    ("notes.txt", b"text"),
    ("data.json", b"{\"a\": 1}"),
    ("archive.tar.gz", b"\x1f\x8b\x08"),
    ("folder/", b""),
    ("style.css", b"a { b: c }"),
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (name, bytes) in OBJECTS {
        // Not even that of the state before.
        let options = described(Some("text/before"), &[]);
        cx.ok(container.put_with(name, b"before", options).await)?;
        cx.ok(container.put(name, bytes).await)?;
        let message = format!(
            "read {}, which was put without a content type",
            name.shown()
        );
        let check = cx.check("BLOB-META-7", &message);
        let general = "application/octet-stream";
        let told = cx.info(&container, name).await?;
        check.equal(told.content_type.as_str(), general)?;
        let told = told_by_get(cx, &container, name).await?;
        check.equal(told.content_type.as_str(), general)?;
    }
    Ok(())
}
