use conformance_kit::prelude::*;

use blobstore::{Precondition, PutOptions, options};

case! {
    /// It may fail at once, or after it has read all: either way the guest can write.
    id: "blob.cond.failed-reads-nothing",
    title: "a put whose condition fails leaves the guest waiting neither to write nor for its end",
    clauses: ["BLOB-STREAM-4", "BLOB-COND-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let present = cx.ok(container.put("object", b"bytes").await)?;
    let guessed = if present == "1" { "2" } else { "1" };
    let piece = cx.random_bytes(100_000);
    for expected in [
        Precondition::Absent,
        Precondition::Version(guessed.to_owned()),
    ] {
        for size in [None, Some(2_000_000)] {
            let options = PutOptions {
                expected: Some(expected.clone()),
                size,
                ..options()
            };
            let (mut writer, answer) = container.begin_put("object", options);
            let write = async {
                for _ in 0..20 {
                    if !writer.write(&piece).await {
                        break;
                    }
                }
                writer.finish().await;
            };
            let ended = cx.within(cx.patience(), both(write, answer.wait()));
            let Some(((), ended)) = ended.await else {
                let check = cx.check("BLOB-STREAM-4", "write what a put does not want");
                return Err(check.failed("an end", "none in time"));
            };
            cx.check("BLOB-COND-2", "put with a condition that does not hold")
                .fails(ended, Kind::PreconditionFailed)?;
            cx.check("BLOB-COND-2", "get after a put that failed")
                .value(container.get("object").await, b"bytes")?;
        }
    }
    Ok(())
}
