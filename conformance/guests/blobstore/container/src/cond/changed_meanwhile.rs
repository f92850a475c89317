use conformance_kit::prelude::*;

use blobstore::{Precondition, PutOptions, options};

use crate::support::settle;

case! {
    /// The condition held when the put began. Below and above what a service takes at
    /// once it may look at it at different times.
    id: "blob.cond.changed-meanwhile",
    title: "a conditional put fails if the object was created, changed or deleted while it was written",
    clauses: ["BLOB-COND-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [4, 10_000, 2 << 20] {
        for change in ["created", "overwritten", "deleted"] {
            // Halfway, or when all is written but not said to be whole.
            for (sized, written) in [
                (false, size / 2),
                (true, size / 2),
                (false, size),
                (true, size),
            ] {
                let name = format!("{change}/{size}/{sized}/{written}");
                let expected = if change == "created" {
                    Precondition::Absent
                } else {
                    Precondition::Version(cx.ok(container.put(&name, b"before").await)?)
                };
                let options = PutOptions {
                    expected: Some(expected),
                    size: sized.then_some(size as u64),
                    ..options()
                };
                let (mut writer, answer) = container.begin_put(&name, options);
                let answer = begin(answer.wait()).await;
                let bytes = cx.random_bytes(size);
                let is_read = writer.write(&bytes[..written]).await;
                if written == size {
                    writer.close();
                    settle(cx).await;
                }
                let changed = if change == "deleted" {
                    container.delete(&name).await
                } else {
                    container.put(&name, b"meanwhile").await.map(drop)
                };
                // Either of the two may be told to come again (BLOB-COND-6).
                if matches!(changed, Err(Error::Throttled(_))) {
                    cx.note("a write that a conditional put overlaps is throttled");
                    continue;
                }
                cx.ok(changed)?;
                if is_read {
                    writer.write(&bytes[written..]).await;
                }
                writer.finish().await;
                let ended = answer.finish().await;
                if matches!(ended, Err(Error::Throttled(_))) {
                    cx.note("a conditional put that a write overlaps is throttled");
                    continue;
                }
                let message = format!("put of an object that was {change} meanwhile");
                let check = cx.check("BLOB-COND-3", &message);
                check.fails(ended, Kind::PreconditionFailed)?;
                if change == "deleted" {
                    check.none(container.get(&name).await)?;
                } else {
                    check.value(container.get(&name).await, b"meanwhile")?;
                }
            }
        }
    }
    Ok(())
}
