use blobstore::ODD_VALUES;
use conformance_kit::prelude::*;

use crate::apart::each;
use crate::facts::keeps;

case! {
    /// Services carry metadata in header fields, which have rules for blanks, line ends and
    /// what is not ASCII.
    id: "blob.meta.values",
    title: "values of metadata are any text, and come back byte for byte",
    clauses: ["BLOB-META-1", "BLOB-META-2"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let kept = each(ODD_VALUES, |value| async {
        let name = format!("object {}", value.shown());
        keeps(cx, "BLOB-META-1", &container, &name, &[("key", value)]).await
    });
    for kept in kept.await {
        kept?;
    }
    // All of them together are still few bytes.
    let keys: Vec<String> = (0..ODD_VALUES.len())
        .map(|at| format!("key-{at}"))
        .collect();
    let metadata: Vec<(&str, &str)> = keys
        .iter()
        .map(String::as_str)
        .zip(ODD_VALUES.iter().copied())
        .collect();
    keeps(cx, "BLOB-META-2", &container, "all", &metadata).await
}
