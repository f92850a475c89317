use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.reserved-names",
    title: "names that mean something to a service or a file system are plain names",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "BLOB-NAME-3"],
}

const NAMES: &[&str] = &[
    "CON",
    "con",
    "con.txt",
    "NUL",
    "nul",
    "COM1",
    "aux.",
    ".well-known/acme-challenge/x",
    "soap",
    "SOAP",
    ".minio.sys",
    ".minio.sys/config",
    ".hidden",
    "hidden",
    "__proto__",
    "constructor",
    "$root",
    "$logs/a",
    ".",
    "..",
    ".git/config",
    "lost+found",
    "index.html",
    "robots.txt",
    "null",
    "undefined",
    "Thumbs.db",
    "thumbs.db",
    ".DS_Store",
    "?versions",
    "?uploads",
    "versions",
    "~",
    "~root",
    "-rf",
    "--",
    "C:",
    "c:",
    "file:///x",
    "s3://x/y",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
