use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    /// Guests read one key at a time, or as many as they have room for, and may
    /// ask without room for any whether there is something to read.
    id: "kv.keys.read-sizes",
    title: "a stream delivers every key once, however many the guest takes in one read",
    clauses: ["KV-KEYS-1", "KV-KEYS-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "a", 40);
    fill(cx, &store, &keys).await?;
    for count in [1, 2, 7, 39, 40, 41, 1_000] {
        let (mut stream, end) = store.keys("a").split();
        let mut streamed = Vec::new();
        loop {
            let random = 1 + cx.random_below(count) as usize;
            let most = if streamed.is_empty() {
                count as usize
            } else {
                random
            };
            if cx.random_below(4) == 0 {
                stream.next_up_to(0).await;
            }
            let read = stream.next_up_to(most).await;
            if read.is_empty() {
                break;
            }
            let message = format!("take up to {most} keys from a stream");
            cx.check("KV-KEYS-1", &message).that(
                read.len() <= most,
                "no more keys than room",
                &read,
            )?;
            streamed.extend(read);
            cx.check("KV-KEYS-1", &message).that(
                streamed.len() <= keys.len(),
                "each key once",
                &streamed,
            )?;
        }
        cx.check("KV-KEYS-2", "read a stream to its end")
            .ok(end.await)?;
        cx.check("KV-KEYS-1", "read a stream to its end")
            .keys(&streamed, &keys)?;
    }
    Ok(())
}
