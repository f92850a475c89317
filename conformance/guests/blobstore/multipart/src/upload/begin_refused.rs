use crate::sending::{NAME, entry};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.begin-refused",
    title: "begin refuses the metadata and the content types that a put would refuse",
    clauses: ["BLOB-META-3", "BLOB-META-4", "BLOB-META-6", "TYP-ERR-6"],
    requires: ["blob.multipart"],
}

const KEYS: [&str; 14] = [
    "", "A", "keY", "1", "-a", "a_b", "a.b", "a b", " a", "a\n", "\0", "é", "a+b", "ключ",
];

const TYPES: [&str; 10] = [
    "",
    " ",
    " text/plain",
    "text/plain ",
    "text\t/plain",
    "text/plain\r\nx-header: a",
    "text/\0plain",
    "text/plain\u{7f}",
    "té/plain",
    "\u{a0}text",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"old").await)?;

    let long = cx.random_text(65);
    let bad_keys = KEYS.into_iter().chain([long.as_str()]);
    let mut refused: Vec<Vec<(String, String)>> = bad_keys
        .map(|key| vec![entry("good", "value"), entry(key, "")])
        .collect();
    refused.push(vec![entry("key", "one"), entry("key", "other")]);
    refused.push(vec![entry("a", ""), entry("b", ""), entry("a", "")]);
    for metadata in refused {
        let message = format!("begin with the keys {}", keys(&metadata).shown());
        for name in [NAME, "new"] {
            let begun = multipart::begin_with(&container, name, None, metadata.clone()).await;
            cx.check("BLOB-META-3", &message)
                .fails(begun, Kind::InvalidArgument)?;
        }
    }

    if let Some(limit) = cx.small_limit("blob.metadata.max-bytes")? {
        for metadata in [
            vec![entry("key", &"x".repeat(limit - 2))],
            vec![
                entry("a", &"x".repeat(limit / 2)),
                entry("b", &"x".repeat(limit / 2)),
            ],
        ] {
            let begun = multipart::begin_with(&container, NAME, None, metadata).await;
            cx.check("BLOB-META-4", "begin with metadata beyond the limit")
                .fails(begun, Kind::TooLarge(limit as u64))?;
        }
    }

    let long = cx.random_text(256);
    for content_type in TYPES.into_iter().chain([long.as_str()]) {
        let message = format!("begin with the content type {}", content_type.shown());
        let begun = multipart::begin_with(&container, NAME, Some(content_type), Vec::new()).await;
        cx.check("BLOB-META-6", &message)
            .fails(begun, Kind::InvalidArgument)?;
    }

    cx.check("TYP-ERR-6", "get after begin was refused")
        .value(container.get(NAME).await, b"old")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after begin was refused")
        .keys(&listed, &[NAME])
}

fn keys(metadata: &[(String, String)]) -> String {
    let keys: Vec<&str> = metadata.iter().map(|(key, _)| key.as_str()).collect();
    keys.join(", ")
}
