use core::pin::pin;

use blobstore::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.not-yet",
    title: "an append whose stream has ended waits for the word that it is whole",
    clauses: ["BLOB-STREAM-1"],
    requires: ["blob.append"],
}

/// How long a case watches for something that must not happen.
const WATCH: Duration = Duration::from_millis(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 10_000] {
        let bytes = cx.random_bytes(size);
        for is_there in [false, true] {
            // The place says as little as the end of the stream.
            for is_placed in [false, true] {
                let name = format!("object-{size}-{is_there}-{is_placed}");
                let before = is_there.then(|| b"as it was".to_vec());
                if let Some(before) = &before {
                    cx.ok(container.put(&name, before).await)?;
                }
                let length = before.as_ref().map_or(0, Vec::len) as u64;
                let at = is_placed.then_some(length);
                let (mut writer, answer) = append::begin(&container, &name, at);
                writer.write(&bytes).await;
                writer.close();
                let mut answer = pin!(answer.wait());
                let early = cx.within(WATCH, &mut answer).await;
                cx.check(
                    "BLOB-STREAM-1",
                    "wait for an append that was not said to be whole",
                )
                .that(early.is_none(), "no answer", "an answer")?;
                cx.check("BLOB-STREAM-1", "get before an append was said to be whole")
                    .returns(container.get(&name).await, before.clone())?;
                let (_, appended) = both(writer.say(Ok(())), answer).await;
                cx.check("BLOB-STREAM-1", "append after it was said to be whole")
                    .ok(appended)?;
                let whole = [before.unwrap_or_default(), bytes.clone()].concat();
                cx.check("BLOB-STREAM-1", "get after an append was said to be whole")
                    .value(container.get(&name).await, &whole)?;
            }
        }
    }
    Ok(())
}
