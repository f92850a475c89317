use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};
use crate::support::{filled, key_limit};

case! {
    id: "kv.list.prefix-over-limit",
    title: "a prefix that is longer than the limit of keys is too large, counted in bytes",
    clauses: ["KV-LIST-5"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = key_limit(cx)? else {
        return Ok(());
    };
    let keys = [some_keys(cx, "", 2), vec![filled('x', limit)]].concat();
    for present in [false, true] {
        if present {
            fill(cx, &store, &keys).await?;
        }
        let prefixes = [
            filled('x', limit + 1),
            filled('é', limit + 1),
            filled('😀', limit + 4),
            filled(' ', limit + 1),
            cx.random_text(limit + 100),
            cx.random_text(limit + 4_096),
        ];
        for prefix in prefixes {
            for size in [None, Some(1), Some(u32::MAX)] {
                let message = format!("list by a prefix of {} bytes", prefix.len());
                cx.check("KV-LIST-5", &message).fails(
                    store.list(&prefix, None, size).await,
                    Kind::TooLarge(limit as u64),
                )?;
            }
        }
    }
    Ok(())
}
