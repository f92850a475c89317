use conformance_kit::prelude::*;

use crate::listing::{fill, some_keys};

case! {
    /// The future is asked before and while the stream is dropped.
    id: "kv.keys.cancelled-while-awaited",
    title: "the future is cancelled also when it was awaited before the stream was dropped",
    clauses: ["KV-KEYS-7"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, &some_keys(cx, "", 8)).await?;
    for taken in [0, 1, 5_u32] {
        let (mut stream, end) = store.keys("").split();
        let check = cx.check("KV-KEYS-7", "drop a stream whose future is awaited");
        let end = begin(async move { end.await }).await;
        check.that(end.in_flight(), "a future that is open", &taken)?;
        for _ in 0..taken {
            stream.next().await;
        }
        drop(stream);
        match cx.within(cx.patience(), end.finish()).await {
            Some(end) => check.fails(end, Kind::Cancelled)?,
            None => check.that(false, "cancelled", "no end in time")?,
        }
    }
    Ok(())
}
