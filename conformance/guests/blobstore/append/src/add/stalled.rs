use blobstore::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.stalled",
    title: "an append that nobody writes holds up no other append of its object, and adds its bytes in the end",
    clauses: ["BLOB-STREAM-5", "BLOB-APPEND-1"],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (name, before) in [("present", &b"as it was;"[..]), ("absent", b"")] {
        // Half of the larger one is more than a host takes before the append has begun.
        for size in [10, 4 << 20] {
            cx.ok(container.delete(name).await)?;
            if !before.is_empty() {
                cx.ok(container.put(name, before).await)?;
            }
            let mut whole = before.to_vec();
            let late = cx.random_bytes(size);
            let (mut writer, answer) = append::begin(&container, name, None);
            let answer = begin(answer.wait()).await;
            let is_read = writer.write(&late[..size / 2]).await;
            let quick = append::append(&container, name, b"quick;", None);
            let check = cx.check("BLOB-STREAM-5", "append beside one that nobody writes");
            match cx.within(cx.patience(), quick).await {
                None => check.that(false, "an answer", "none in time")?,
                // Told to come again, as an append that another one overlaps may be
                // (BLOB-COND-6).
                Some(Err(Error::Throttled(_))) => {
                    cx.note("an append that another one overlaps is throttled");
                }
                Some(ended) => {
                    check.ok(ended)?;
                    whole.extend(b"quick;");
                    check.value(container.get(name).await, &whole)?;
                }
            }
            if is_read {
                writer.write(&late[size / 2..]).await;
            }
            writer.finish().await;
            match answer.finish().await {
                Err(Error::Throttled(_)) => {
                    cx.note("an append that stalled is throttled where another one overlaps it");
                }
                ended => {
                    cx.check("BLOB-APPEND-1", "finish an append that stalled")
                        .ok(ended)?;
                    whole.extend(late);
                }
            }
            cx.check("BLOB-APPEND-1", "get after both appends")
                .value(container.get(name).await, &whole)?;
        }
    }
    Ok(())
}
