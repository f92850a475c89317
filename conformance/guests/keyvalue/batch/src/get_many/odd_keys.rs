use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, ODD_KEYS};

case! {
    id: "kv.batch.get.odd-keys",
    title: "get-many keeps keys of all kinds of characters apart",
    clauses: ["KV-KEY-2", "KV-GETMANY-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for parity in [0, 1] {
        for (place, key) in ODD_KEYS.iter().enumerate() {
            if place % 2 == parity {
                cx.ok(store.set(key, format!("value of {key}").as_bytes()).await)?;
            } else {
                cx.ok(store.delete(key).await)?;
            }
        }
        for (part, keys) in ODD_KEYS.chunks(FLOOR).enumerate() {
            let check = cx.check("KV-GETMANY-2", "get-many of odd keys");
            let values = check.ok(batch::get_many(&store, keys).await)?;
            check.equal(values.len(), keys.len())?;
            for (place, (key, value)) in keys.iter().zip(values).enumerate() {
                let present = (part * FLOOR + place) % 2 == parity;
                let expected = present.then(|| format!("value of {key}").into_bytes());
                let message = format!("get-many with {}", key.shown());
                cx.check("KV-KEY-2", &message).equal(value, expected)?;
            }
        }
    }
    Ok(())
}
