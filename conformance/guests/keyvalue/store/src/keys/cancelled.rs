use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    id: "kv.keys.cancelled",
    title: "the future of a stream that was dropped before its end is cancelled",
    clauses: ["KV-KEYS-7", "KV-KEYS-5"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 8);
    fill(cx, &store, &keys).await?;
    for taken in [0, 1, 3, 7] {
        for prefix in ["", "a"] {
            let mut stream = store.keys(prefix);
            for _ in 0..taken {
                stream.next().await;
            }
            let message = format!("drop a stream of 8 keys after {taken}");
            let check = cx.check("KV-KEYS-7", &message);
            match cx.within(cx.patience(), stream.end()).await {
                Some(end) => check.fails(end, Kind::Cancelled)?,
                None => check.that(false, "cancelled", "no end in time")?,
            }
        }
    }
    let (streamed, end) = store.keys("a").collect().await;
    cx.check("KV-KEYS-5", "read a stream after dropped ones")
        .ok(end)?;
    cx.check("KV-KEYS-5", "read a stream after dropped ones")
        .keys(&streamed, &keys)
}
