use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

use crate::pattern::Pattern;
use crate::support::sized;

case! {
    id: "blob.stream.in-lockstep",
    title: "64 puts that are written in turn, a piece each, all go on",
    clauses: ["BLOB-STREAM-5", "TYP-CALL-2"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const PUTS: usize = 64;
const PIECE: usize = 3_000;
/// More than a provider keeps of a stream that the service does not take.
const PIECES: usize = 12;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    in_turn(cx, &container, "unsized", options()).await?;
    in_turn(cx, &container, "sized", sized(PIECES * PIECE)).await
}

async fn in_turn(cx: &Context, container: &Container, kind: &str, options: PutOptions) -> Outcome {
    let pattern = Pattern::new(cx);
    let name = |number: usize| format!("{kind}-{number}");
    let mut puts: Vec<_> = (0..PUTS)
        .map(|number| container.begin_put(&name(number), options.clone()))
        .collect();
    let write = async {
        for place in 0..PIECES {
            for (number, (writer, _)) in puts.iter_mut().enumerate() {
                writer
                    .write(&pattern.piece(number * 7 + place * PIECE, PIECE))
                    .await;
            }
        }
    };
    let written = cx.within(cx.patience(), write).await;
    let message = format!("write 64 {kind} puts in turn");
    cx.check("BLOB-STREAM-5", &message)
        .that(written.is_some(), "all of them", "no progress")?;
    let ended = puts
        .into_iter()
        .map(|(writer, answer)| async move { both(writer.finish(), answer.wait()).await.1 });
    for put in together(ended).await {
        cx.check("TYP-CALL-2", "put as one of 64 in flight")
            .ok(put)?;
    }
    for number in 0..PUTS {
        cx.check("TYP-CALL-2", "get of one of 64 objects").value(
            container.get(&name(number)).await,
            &pattern.piece(number * 7, PIECES * PIECE),
        )?;
    }
    Ok(())
}
