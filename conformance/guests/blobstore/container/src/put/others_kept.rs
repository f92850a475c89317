use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

use crate::support::is_still;

case! {
    /// Names that a file system or a pattern could take for the same or for folders of
    /// one another.
    id: "blob.put.others-kept",
    title: "a put leaves every other object as it was, however near its name is",
    clauses: ["BLOB-PUT-3"],
}

const NAMES: [&str; 12] = [
    "a", "a/", "a/b", "a/b/", "a/b/c", "a//b", "a/b.c", "A/b", "a/B", "a/bb", "a/b*", "b",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut states = Vec::new();
    for name in NAMES {
        let bytes = cx.random_bytes(50);
        let tagged = PutOptions {
            metadata: vec![("name".to_owned(), name.to_owned())],
            ..options()
        };
        let version = cx.ok(container.put_with(name, &bytes, tagged).await)?;
        states.push((name, bytes, version));
    }
    for name in ["a/b", "a", "a/b/c", "a/", "new", "a/b/new"] {
        let bytes = cx.random_bytes(60);
        let version = cx.ok(container.put(name, &bytes).await)?;
        states.retain(|(kept, ..)| *kept != name);
        for (kept, bytes, version) in &states {
            is_still(cx, "BLOB-PUT-3", &container, kept, bytes, version).await?;
        }
        for (kept, ..) in states.iter().filter(|(_, bytes, _)| bytes.len() == 50) {
            let info = cx.info(&container, kept).await?;
            let own = vec![("name".to_owned(), (*kept).to_owned())];
            cx.check("BLOB-PUT-3", "metadata after a put of another object")
                .that(info.metadata == own, "its own entry", &info)?;
        }
        states.push((name, bytes, version));
    }
    Ok(())
}
