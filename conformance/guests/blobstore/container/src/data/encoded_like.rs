use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

use crate::support::keeps;

case! {
    /// What clients, proxies and services like to unpack, under the content types that
    /// invite them to.
    id: "blob.data.encoded-like",
    title: "bytes that look encoded stay as they are",
    clauses: ["BLOB-DATA-1"],
}

/// An empty file of gzip.
const GZIP: [u8; 20] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let multipart = b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\n";
    let contents: [(&str, &[u8]); 9] = [
        ("application/gzip", &GZIP),
        ("text/plain", &GZIP),
        ("text/plain", b"aGVsbG8gd29ybGQ="),
        ("text/plain", b"5\r\nhello\r\n0\r\n\r\n"),
        ("multipart/form-data; boundary=b", multipart),
        ("application/x-www-form-urlencoded", b"a=1&b=%20+c"),
        ("application/json", b" {\"a\" : 1.0, \"a\":\"\\u0041\"} "),
        ("text/html", b"<html>\r\n</html>"),
        (
            "application/xml",
            b"\xef\xbb\xbf<?xml version=\"1.0\"?><a>&amp;</a>",
        ),
    ];
    for (content_type, bytes) in contents {
        let written = PutOptions {
            content_type: Some(content_type.to_owned()),
            ..options()
        };
        keeps(cx, &container, "object.gz", bytes, written).await?;
    }
    Ok(())
}
