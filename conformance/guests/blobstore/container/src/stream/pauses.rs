use blobstore::{Pause, options, pauses};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::sized;

case! {
    /// All of them pause at the same time. Half-way is proved of larger objects.
    id: "blob.stream.pauses",
    title: "puts and gets go on after a pause of nearly 30 seconds at the beginning, at the end and before the word on it",
    clauses: ["BLOB-STREAM-6", "BLOB-GET-9"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const PAUSES: [Pause; 3] = [Pause::First, Pause::Last, Pause::Word];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 6 << 20);
    let (mut puts, mut gets) = (Vec::new(), Vec::new());
    for size in [1_000, bytes.len()] {
        let name = format!("source of {size} bytes");
        let bytes = &bytes[..size];
        cx.ok(container.put(&name, bytes).await)?;
        for pause in PAUSES {
            let text = format!("{size} bytes, paused {}", pause.text());
            puts.push((format!("unsized, {text}"), pause, bytes, options()));
            puts.push((format!("sized, {text}"), pause, bytes, sized(size)));
            gets.push((text, pause, bytes, name.clone()));
        }
    }
    let put = together(puts.iter().map(async |(name, pause, bytes, options)| {
        let (writer, answer) = container.begin_put(name, options.clone());
        pauses::write(cx, *pause, bytes, writer, answer).await
    }));
    let got = together(gets.iter().map(async |(_, pause, _, name)| {
        let found = container.begin_get(name, None, None).await?;
        let Some(content) = found else {
            return Ok(None);
        };
        Ok::<_, Error>(Some(pauses::read(cx, *pause, content).await))
    }));
    let (put, got) = both(put, got).await;
    for ((name, _, bytes, _), ended) in puts.iter().zip(put) {
        cx.check("BLOB-STREAM-6", &format!("put of {name}"))
            .ok(ended)?;
        cx.check("BLOB-STREAM-6", &format!("get after a put of {name}"))
            .value(container.get(name).await, bytes)?;
    }
    for ((text, _, bytes, _), got) in gets.iter().zip(got) {
        let message = format!("get of {text}");
        let (read, end) = cx.check("BLOB-STREAM-6", &message).some(got)?;
        cx.check("BLOB-STREAM-6", &message).bytes(&read, bytes)?;
        cx.check("BLOB-GET-9", &message).ok(end)?;
    }
    Ok(())
}
