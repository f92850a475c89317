use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by, read};
use crate::support::{changed, filled, long_key};

case! {
    /// Cursors grow with the keys; what shortens one repeats or skips keys.
    id: "kv.list.long-keys",
    title: "the longest keys are listed exactly, also where they differ in their last bytes only",
    clauses: ["KV-KEY-6", "KV-LIST-1", "KV-LIST-4"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = long_key(cx)?;
    let mut keys = Vec::new();
    for character in ['x', 'é', '漢', '😀'] {
        keys.push(filled(character, length));
        keys.push(filled(character, length - 8));
    }
    let random = cx.random_text(length);
    for place in [0, 255, 256, length / 2, length - 2, length - 1] {
        for character in ['0', '1', '\0'] {
            keys.push(changed(&random, place, character));
        }
    }
    // At the portable floor two of the places are one.
    keys.sort_unstable();
    keys.dedup();
    fill(cx, &store, &keys).await?;
    for size in [None, Some(1), Some(2)] {
        let check = cx.check("KV-LIST-1", "read a list of long keys");
        let pages = read(check, &store, "", keys.len(), || size).await?;
        cx.check("KV-KEY-6", "read a list of long keys")
            .keys(&pages.concat(), &keys)?;
    }
    let prefixes = [
        &random[..length - 1],
        &random[..length / 2],
        &keys[keys.len() - 1],
    ];
    listed_by(cx, "KV-LIST-4", &store, &keys, &prefixes).await
}
