use core::pin::pin;

use blobstore::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.ok-first",
    title: "an append that is said to be whole early waits for the end of its stream, and adds all of it",
    clauses: ["BLOB-STREAM-1", "BLOB-APPEND-1"],
    requires: ["blob.append"],
}

/// How long a case watches for something that must not happen.
const WATCH: Duration = Duration::from_millis(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(20_000);
    for (name, before) in [("new", None), ("old", Some(b"as it was".to_vec()))] {
        if let Some(before) = &before {
            cx.ok(container.put(name, before).await)?;
        }
        // Nothing of it, or half.
        for count in [0, 10_000] {
            let before = cx.ok(container.get(name).await)?;
            let (mut writer, answer) = append::begin(&container, name, None);
            let mut end = writer.take_end();
            writer.write(&bytes[..count]).await;
            // Who looks at the future only behind the stream leaves the word waiting.
            let mut ended = pin!(both(end.say(Ok(())), answer.wait()));
            let early = cx.within(WATCH, &mut ended).await;
            cx.check("BLOB-STREAM-1", "wait for an append whose stream is open")
                .that(early.is_none(), "no answer", "an answer")?;
            cx.check("BLOB-STREAM-1", "get while the stream of an append is open")
                .returns(container.get(name).await, before.clone())?;
            let write = async {
                writer.write(&bytes[count..]).await;
                writer.close();
            };
            let (_, (_, appended)) = both(write, ended).await;
            cx.check("BLOB-STREAM-1", "append that was said to be whole early")
                .ok(appended)?;
            let whole = [before.unwrap_or_default(), bytes.clone()].concat();
            cx.check(
                "BLOB-APPEND-1",
                "get after an append that was said to be whole early",
            )
            .value(container.get(name).await, &whole)?;
        }
    }
    Ok(())
}
