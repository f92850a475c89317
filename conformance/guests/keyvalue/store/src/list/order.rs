use conformance_kit::prelude::*;

use crate::listing::{read, shuffle, some_keys, some_size};

case! {
    id: "kv.list.order",
    title: "an ordered list comes in ascending order, in whatever order its keys were written",
    clauses: ["KV-LIST-6"],
    requires: ["kv.list.ordered"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = some_keys(cx, "", 24);
    keys.sort_unstable();
    let mut written = keys.clone();
    written.reverse();
    for round in 0..3 {
        // Backwards, then overwritten in a random order, one after the other.
        for key in &written {
            cx.ok(store.set(key, format!("{round}").as_bytes()).await)?;
        }
        for size in [None, some_size(cx, 5), Some(23)] {
            let check = cx.check("KV-LIST-6", "read an ordered list");
            let pages = read(check, &store, "", keys.len(), || size).await?;
            check.equal(pages.concat(), keys.clone())?;
        }
        shuffle(cx, &mut written);
    }
    Ok(())
}
