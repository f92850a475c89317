use crate::sending::{NAME, entries, entry, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.described",
    title: "a completed object has the content type and the metadata of begin, whatever they are",
    clauses: ["BLOB-COMPLETE-1", "BLOB-META-1", "BLOB-META-2", "BLOB-META-5", "BLOB-META-7"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

const TYPES: [&str; 6] = ["Text/Plain; charset=\"a b\"", "x", "/", "*/*", "%41", "a,b"];

const VALUES: [&str; 12] = [
    "",
    " a ",
    "\ta\t",
    "a\r\nb: c",
    "\0",
    "é",
    "日本語",
    "\u{1f600}",
    "=?utf-8?b?eA==?=",
    "%41",
    "a, b",
    "\"",
];

async fn run(cx: &Context) -> Outcome {
    keeps(cx, None, Vec::new()).await?;
    let long = [&"x".repeat(250), "/a; b"].concat();
    for content_type in TYPES.into_iter().chain([long.as_str()]) {
        keeps(cx, Some(content_type), vec![entry("key", "value")]).await?;
    }
    let of_values = VALUES.iter().zip(0..);
    let of_values = of_values.map(|(value, at)| entry(&format!("key-{at}"), value));
    keeps(cx, Some("text/values"), of_values.collect()).await?;
    keeps(
        cx,
        None,
        vec![entry(&["a", &"-9".repeat(31), "z"].concat(), "long key")],
    )
    .await?;
    // Exactly the limit, or what every provider takes.
    let limit = cx.small_limit("blob.metadata.max-bytes")?.unwrap_or(1_024);
    keeps(cx, None, vec![entry("key", &"x".repeat(limit - 3))]).await?;
    let keys = (0..limit / 10).map(|at| entry(&format!("k{at:09}"), ""));
    keeps(cx, None, keys.collect()).await
}

/// Completes an upload that was begun with these, and finds them in `head` and `get`.
async fn keeps(
    cx: &Context,
    content_type: Option<&str>,
    metadata: Vec<(String, String)>,
) -> Outcome {
    let container = cx.container().await?;
    let message = format!(
        "begin with the content type {} and {} entries",
        content_type.unwrap_or("none").shown(),
        metadata.len()
    );
    let clause = content_type.map_or("BLOB-META-2", |_| "BLOB-META-5");
    let begun = multipart::begin_with(&container, NAME, content_type, metadata.clone()).await;
    let upload = cx.check(clause, &message).ok(begun)?;
    let part = send(cx, &container, &upload, 1, b"bytes").await?;
    cx.check("BLOB-COMPLETE-1", "complete")
        .ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;

    let content = cx.ok(container.begin_get(NAME, None, None).await)?;
    let by_get = cx
        .check("BLOB-COMPLETE-1", "get after complete")
        .some(Ok::<_, Error>(content))?
        .info;
    for told in [by_get, cx.info(&container, NAME).await?] {
        let (clause, usual) = match content_type {
            Some(content_type) => ("BLOB-META-1", content_type),
            None => ("BLOB-META-7", "application/octet-stream"),
        };
        cx.check(clause, &message)
            .equal(told.content_type.as_str(), usual)?;
        cx.check("BLOB-META-1", &message)
            .equal(entries(&told.metadata), entries(&metadata))?;
    }
    Ok(())
}
