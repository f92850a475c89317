use conformance_kit::prelude::*;

use crate::listing::{read, some_keys, some_size};
use crate::support::each;

case! {
    /// A log of writes, and a value that is kept apart from its key, give a key
    /// several traces.
    id: "kv.list.after-overwrite",
    title: "a key that was written many times, with values of all sizes, is listed once",
    clauses: ["KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "key/", 10);
    for length in [0, 1, 5_000, 0, 24_576, 7] {
        let value = cx.random_bytes(length);
        for written in each(&keys, |key| store.set(key, &value)).await {
            cx.ok(written)?;
        }
        for size in [None, some_size(cx, 4)] {
            let check = cx.check("KV-LIST-1", "read a list of keys that were overwritten");
            let pages = read(check, &store, "", keys.len(), || size).await?;
            check.keys(&pages.concat(), &keys)?;
        }
    }
    Ok(())
}
