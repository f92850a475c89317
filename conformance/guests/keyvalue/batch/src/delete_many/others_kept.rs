use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, put, with_new_values};

case! {
    /// Keys that a pattern, a prefix or a folder would take along.
    id: "kv.batch.delete.others-kept",
    title: "delete-many leaves every other key as it was, however alike it is",
    clauses: ["KV-DELETEMANY-1", "KV-DELETE-3"],
    requires: ["kv.batch"],
}

const GONE: [&str; 10] = ["a", "a/b", "key*", "*", "?", "%", "é", "B", "n\0", "."];
const KEPT: [&str; 16] = [
    "a/", "a/b/c", "aa", "a\0", "A", "key", "keys", "key**", "b", "e\u{301}", "n", "n\0\0", "..",
    "%25", "/a", " a",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = |keys: &[&str]| -> Vec<_> {
        let items: Vec<_> = keys
            .iter()
            .map(|key| ((*key).to_owned(), Vec::new()))
            .collect();
        with_new_values(cx, &items)
    };
    let (gone, kept) = (items(&GONE), items(&KEPT));
    for present in [true, false] {
        if present {
            put(cx, &store, &gone).await?;
            put(cx, &store, &kept).await?;
        }
        cx.check("KV-DELETEMANY-1", "delete-many beside other keys")
            .ok(batch::delete_many(&store, &GONE).await)?;
        is_exactly(cx, "KV-DELETE-3", &store, &kept).await?;
    }
    Ok(())
}
