use blobstore::{Pause, append, pauses};
use conformance_kit::prelude::*;

case! {
    id: "blob.append.pauses",
    title: "appends go on after a pause of nearly 30 seconds, wherever their writer makes it",
    clauses: ["BLOB-STREAM-6", "BLOB-APPEND-1"],
    requires: ["blob.append"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(6 << 20);
    let mut appends = Vec::new();
    for pause in Pause::ALL {
        for size in [1_000, bytes.len()] {
            let name = format!("{size} bytes, paused {}", pause.text());
            cx.ok(container.put(&name, b"as it was").await)?;
            appends.push((name, pause, &bytes[..size]));
        }
    }
    let ended = together(appends.iter().map(async |(name, pause, bytes)| {
        let (writer, answer) = append::begin(&container, name, Some(9));
        pauses::write(cx, *pause, bytes, writer, answer).await
    }));
    for ((name, _, bytes), ended) in appends.iter().zip(ended.await) {
        cx.check("BLOB-STREAM-6", &format!("append of {name}"))
            .ok(ended)?;
        cx.check("BLOB-APPEND-1", &format!("get after an append of {name}"))
            .value(
                container.get(name).await,
                &[&b"as it was"[..], bytes].concat(),
            )?;
    }
    Ok(())
}
