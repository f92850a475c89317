use blobstore::options;
use conformance_kit::prelude::*;

use crate::support::{WATCH, settle};

case! {
    /// The actors neither end nor drop their puts: they end with them.
    actors: 4,
    id: "blob.stream.ended-instance",
    title: "an instance that ends in the middle of puts changes nothing by them",
    clauses: ["BLOB-STREAM-3", "TYP-CALL-3"],
    timeout_s: 30,
}

const PUTS: usize = 6;

fn old(index: u32, at: usize) -> Vec<u8> {
    vec![b'o'; 1_000 * at + index as usize]
}

fn name(index: u32, at: usize) -> String {
    format!("object-{index}-{at}")
}

/// Every second object is there before.
async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for index in 0..4 {
        for at in (0..PUTS).step_by(2) {
            cx.ok(container.put(&name(index, at), &old(index, at)).await)?;
        }
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    for at in 0..PUTS {
        let (mut writer, answer) = container.begin_put(&name(index, at), options());
        writer.write(&vec![b'n'; 20_000 * (at / 2)]).await;
        core::mem::forget((writer, answer));
    }
    settle(cx).await;
    core::mem::forget(container);
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.sleep(WATCH).await;
    for index in 0..seen.len() as u32 {
        for at in 0..PUTS {
            let found = container.get(&name(index, at)).await;
            if at % 2 == 0 {
                cx.check("BLOB-STREAM-3", "get of an object whose writer ended")
                    .value(found, &old(index, at))?;
            } else {
                cx.check("BLOB-STREAM-3", "get of a new object whose writer ended")
                    .none(found)?;
            }
        }
    }
    let check = || cx.check("TYP-CALL-3", "use the container after its writers ended");
    check().ok(container.put("after", b"bytes").await)?;
    check().value(container.get("after").await, b"bytes")
}
