use conformance_kit::prelude::*;

use crate::listing::{read, some_keys};
use crate::support::big_value;

case! {
    /// Pages of a service may be cut by the size of what they hold.
    id: "kv.list.big-values",
    title: "keys with empty and with big values are listed alike",
    clauses: ["KV-LIST-1", "KV-VALUE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let most = cx.limit("kv.value.max-bytes")?.min(100_000) as usize;
    let keys = some_keys(cx, "", 12);
    let big = big_value(cx, most);
    for (place, key) in keys.iter().enumerate() {
        let value = if place % 3 == 0 { &[] } else { big.as_slice() };
        cx.ok(store.set(key, value).await)?;
    }
    for size in [None, Some(5), Some(1)] {
        let check = cx.check("KV-LIST-1", "read a list of keys with big values");
        let pages = read(check, &store, "", keys.len(), || size).await?;
        cx.check(
            "KV-VALUE-3",
            "read a list of keys with empty and big values",
        )
        .keys(&pages.concat(), &keys)?;
    }
    Ok(())
}
