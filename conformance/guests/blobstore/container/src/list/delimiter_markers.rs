use conformance_kit::prelude::*;

use crate::listing::{each, fill, listed_by};

case! {
    /// Programs write `a/` to have a folder; it is an object like any other, also without
    /// a byte.
    id: "blob.list.delimiter-markers",
    title: "objects that end in the delimiter, and the one named like the prefix, are listed",
    clauses: ["BLOB-LIST-4", "BLOB-DATA-2"],
    timeout_s: 20,
}

const NAMES: [&str; 11] = [
    "a/", "a/b", "/", "//", "///", "b/", "b", "c//", "c/", "a", "d//e",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut lists = [
        "", "a/", "a", "/", "//", "///", "b", "b/", "c/", "c//", "d/", "d//",
    ]
    .map(|prefix| (prefix, Some("/")))
    .to_vec();
    fill(cx, &container, &NAMES).await?;
    listed_by(cx, "BLOB-LIST-4", &container, &NAMES, &lists).await?;
    for emptied in each(&NAMES, |name| container.put(name, b"")).await {
        cx.ok(emptied)?;
    }
    lists.extend([("", None), ("a/", None)]);
    listed_by(cx, "BLOB-DATA-2", &container, &NAMES, &lists).await?;
    let (streamed, end) = container.names("").collect().await;
    cx.ok(end)?;
    cx.check("BLOB-DATA-2", "names of objects without a byte")
        .keys(&streamed, &NAMES)
}
