use conformance_kit::prelude::*;

use crate::apart::filled;
use crate::facts::{described, entries, keeps, owned};

case! {
    id: "blob.meta.limit",
    title: "metadata of exactly the limit is accepted and kept, however it is divided",
    clauses: ["BLOB-META-1", "BLOB-META-2"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = cx.small_limit("blob.metadata.max-bytes")? else {
        // What every provider takes.
        let value = cx.random_text(1_024 - 3);
        return keeps(cx, "BLOB-META-2", &container, "object", &[("key", &value)]).await;
    };
    for character in ['x', 'é', '€', '\u{1f600}', '\n', '"', '%'] {
        let value = filled(character, limit - 3);
        let name = String::from(character);
        keeps(cx, "BLOB-META-2", &container, &name, &[("key", &value)]).await?;
    }
    // As many entries as there can be of ten bytes each, and one for the rest.
    let mut keys: Vec<String> = (1..limit / 10).map(|at| format!("k{at:09}")).collect();
    keys.push(["r", &"9".repeat(9 + limit % 10)].concat());
    let metadata: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "")).collect();
    let bytes: usize = keys.iter().map(String::len).sum();
    cx.check("BLOB-META-2", "count the bytes of many keys")
        .equal(bytes, limit)?;
    let options = described(None, &metadata);
    cx.check("BLOB-META-2", "put with as many entries as fit")
        .ok(container.put_with("object", b"bytes", options).await)?;
    let info = cx.info(&container, "object").await?;
    cx.check("BLOB-META-1", "head of an object with very many entries")
        .equal(entries(&info.metadata), entries(&owned(&metadata)))
}
