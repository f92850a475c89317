use conformance_kit::prelude::*;

use crate::facts::{described, told_by_get};

case! {
    id: "blob.meta.type",
    title: "every content type of printable characters is accepted and comes back as it was",
    clauses: ["BLOB-META-1", "BLOB-META-5"],
    timeout_s: 30,
}

const TYPES: [&str; 22] = [
    "text/plain",
    "text/plain; charset=utf-8",
    "text/plain;charset=UTF-8",
    "Text/Plain",
    "IMAGE/PNG",
    "multipart/form-data; boundary=\"a b\"",
    "application/vnd.example.v1+json",
    "application/octet-stream",
    "Application/Octet-Stream",
    "x",
    "/",
    "~",
    "!",
    "text",
    "text/",
    "/plain",
    "text /  plain",
    "a,b",
    "*/*",
    "%41",
    "\"",
    "null",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let printable: String = ('!'..='~').collect();
    let long = [&"x".repeat(250), "/a; b"].concat();
    let inside = ["a", &" ".repeat(253), "b"].concat();
    let types = TYPES
        .into_iter()
        .chain([printable.as_str(), &long, &inside]);
    for content_type in types {
        let message = format!("put with the content type {}", content_type.shown());
        let options = described(Some(content_type), &[]);
        cx.check("BLOB-META-5", &message)
            .ok(container.put_with("object", b"bytes", options).await)?;
        let told = told_by_get(cx, &container, "object").await?;
        cx.check("BLOB-META-1", &message)
            .equal(told.content_type.as_str(), content_type)?;
        let told = cx.info(&container, "object").await?;
        cx.check("BLOB-META-1", &message)
            .equal(told.content_type.as_str(), content_type)?;
    }
    Ok(())
}
