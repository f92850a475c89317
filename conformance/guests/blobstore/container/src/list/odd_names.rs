use conformance_kit::prelude::*;

use crate::listing::{ODD_NAMES, each, expected, listed_by, read};

case! {
    /// Also names that are the start of one another, and with the name as the prefix.
    id: "blob.list.odd-names",
    title: "names of all kinds come back from a list byte for byte, and are found by themselves",
    clauses: ["BLOB-NAME-6", "BLOB-LIST-1", "BLOB-LIST-2"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (name, written) in ODD_NAMES
        .iter()
        .zip(each(ODD_NAMES, |name| container.put(name, b"bytes")).await)
    {
        cx.check("BLOB-LIST-1", &format!("put {}", name.shown()))
            .ok(written)?;
    }
    for size in [None, Some(1), Some(7)] {
        let check = cx.check("BLOB-NAME-6", "read a list of odd names");
        let walk = read(check, &container, "", None, ODD_NAMES.len(), || size).await?;
        check.keys(&walk.lines(), &expected(ODD_NAMES, "", None))?;
    }
    let prefixes: Vec<_> = ODD_NAMES.iter().map(|name| (*name, None)).collect();
    listed_by(cx, "BLOB-LIST-2", &container, ODD_NAMES, &prefixes).await
}
