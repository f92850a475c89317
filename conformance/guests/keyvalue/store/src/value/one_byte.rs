use conformance_kit::prelude::*;

use crate::support::keeps;

case! {
    /// Whoever skips a write that changes nothing must compare all of it.
    id: "kv.value.one-byte",
    title: "a value that differs from the one before it in a single byte replaces it",
    clauses: ["KV-VALUE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [1, 16, 300, 20_000] {
        let mut value = cx.random_bytes(length);
        keeps(cx, &store, "key", &value).await?;
        for place in [
            0,
            length / 2,
            length - 1,
            cx.random_below(length as u64) as usize,
        ] {
            value[place] ^= 1 << cx.random_below(8);
            keeps(cx, &store, "key", &value).await?;
        }
        // Equal sums of bytes.
        value.reverse();
        keeps(cx, &store, "key", &value).await?;
    }
    Ok(())
}
