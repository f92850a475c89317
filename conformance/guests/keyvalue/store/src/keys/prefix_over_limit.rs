use conformance_kit::prelude::*;

use crate::listing::{NONE, fill, some_keys};
use crate::support::{filled, key_limit};

case! {
    id: "kv.keys.prefix-over-limit",
    title: "a prefix that is too long ends the stream without keys and with the error of list",
    clauses: ["KV-KEYS-4", "KV-KEYS-3", "KV-KEYS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    let keys = [some_keys(cx, "", 6), vec![filled('x', limit)]].concat();
    for present in [false, true] {
        if present {
            fill(cx, &store, &keys).await?;
        }
        let prefixes = [
            filled('x', limit + 1),
            filled('é', limit + 1),
            filled('😀', limit + 4),
            cx.random_text(limit + 500),
        ];
        for prefix in prefixes {
            let (streamed, end) = store.keys(&prefix).collect().await;
            cx.check("KV-KEYS-4", "read a stream by a prefix that is too long")
                .keys(&streamed, NONE)?;
            cx.check("KV-KEYS-3", "wait for the end of a stream that failed")
                .fails(end, Kind::TooLarge(limit as u64))?;
        }
    }
    let (streamed, end) = store.keys(&keys[6]).collect().await;
    cx.check("KV-KEYS-1", "read a stream by the longest prefix")
        .ok(end)?;
    cx.check("KV-KEYS-1", "read a stream by the longest prefix")
        .keys(&streamed, &keys[6..])
}
