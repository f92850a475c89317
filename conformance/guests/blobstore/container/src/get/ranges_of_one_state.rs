use blobstore::{range, rounds};
use conformance_kit::prelude::*;

case! {
    /// Each state is of one letter, and of a length of its own.
    actors: 3,
    id: "blob.get.ranges-of-one-state",
    title: "ranges that are read with one version are of one state, while others overwrite",
    clauses: ["BLOB-GET-8", "BLOB-DATA-3"],
    timeout_s: 30,
}

const STATES: usize = 5;

fn state(number: usize) -> Vec<u8> {
    let number = number % STATES;
    vec![b'a' + number as u8; 20_000 + 1_000 * number]
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", &state(0)).await).map(drop)
}

async fn read(cx: &Context, container: &Container) -> Outcome {
    let info = cx.info(container, "object").await?;
    let mut bytes = Vec::new();
    for place in 0..4 {
        let piece = range(place * 6_000, 6_000);
        match container
            .begin_get("object", piece, Some(&info.version))
            .await
        {
            // Another state: nothing to put together.
            Err(Error::PreconditionFailed) => return Ok(()),
            found => {
                let check = || cx.check("BLOB-GET-8", "get of a range with a version");
                let (piece, end) = check().some(found)?.collect().await;
                if matches!(end, Err(Error::Expired)) {
                    return Ok(());
                }
                check().ok(end)?;
                bytes.extend(piece);
                // Time for the others to overwrite what is being read.
                cx.now().await;
            }
        }
    }
    let whole = (0..STATES).map(state).find(|state| bytes == state[..]);
    cx.check("BLOB-GET-8", "put ranges of one version together")
        .that(whole.is_some(), "one state", &bytes)?;
    cx.check("BLOB-DATA-3", "compare ranges with what head told of them")
        .equal(bytes.len() as u64, info.size)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    rounds(cx, index, 20, async |round| match index {
        0 => cx
            .ok(container.put("object", &state(round)).await)
            .map(drop),
        _ => read(cx, &container).await,
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    read(cx, &container).await
}
