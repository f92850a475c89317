use blobstore::append;
use conformance_kit::prelude::*;

case! {
    /// The actors neither end nor drop their appends: these end with them.
    actors: 3,
    id: "blob.append.ended-instance",
    title: "an instance that ends in the middle of appends adds nothing by them",
    clauses: ["BLOB-STREAM-3"],
    requires: ["blob.append"],
    timeout_s: 30,
}

const SIZES: [usize; 3] = [0, 1_000, 40_000];
/// How long a case watches for something that must not happen.
const WATCH: Duration = Duration::from_millis(60);

fn name(kind: &str, index: u32, at: usize) -> String {
    format!("{kind}-{index}-{at}")
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for index in 0..3 {
        for at in 0..SIZES.len() {
            cx.ok(container.put(&name("old", index, at), b"before").await)?;
        }
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    for (at, size) in SIZES.into_iter().enumerate() {
        for kind in ["old", "new"] {
            let (mut writer, answer) = append::begin(&container, &name(kind, index, at), None);
            writer.write(&vec![b'n'; size]).await;
            core::mem::forget((writer, answer));
        }
    }
    // To read the clock takes until they have begun.
    cx.now().await;
    core::mem::forget(container);
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.sleep(WATCH).await;
    for index in 0..seen.len() as u32 {
        for at in 0..SIZES.len() {
            cx.check("BLOB-STREAM-3", "get of an object whose writer ended")
                .value(container.get(&name("old", index, at)).await, b"before")?;
            cx.check("BLOB-STREAM-3", "get of a new object whose writer ended")
                .none(container.get(&name("new", index, at)).await)?;
        }
    }
    Ok(())
}
