use conformance_kit::prelude::*;

use crate::listing::{fill, some_names};

case! {
    id: "blob.names.cancelled",
    title: "the future of a stream that is dropped before its end says cancelled",
    clauses: ["BLOB-NAMES-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = some_names(cx, "a", 9);
    fill(cx, &container, &names).await?;
    for taken in [0_u32, 1, 4] {
        for waits in [false, true] {
            let (mut stream, end) = container.names("").split();
            for _ in 0..taken {
                stream.next().await;
            }
            let check = cx.check("BLOB-NAMES-7", "wait for the end of a dropped stream");
            let ended = if waits {
                // The future is awaited before the stream is dropped.
                let end = begin(end.into_future()).await;
                check.that(end.in_flight(), "no end of a stream with names", &taken)?;
                drop(stream);
                cx.within(cx.patience(), end.finish()).await
            } else {
                drop(stream);
                cx.within(cx.patience(), end.into_future()).await
            };
            match ended {
                Some(ended) => check.fails(ended, Kind::Cancelled)?,
                None => return Err(check.failed("cancelled", "no answer")),
            }
        }
    }
    Ok(())
}
