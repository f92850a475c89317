use blobstore::{options, rounds, unless_expired};
use conformance_kit::prelude::*;

case! {
    /// The writers stop in the middle of each put; what they have written by then is of
    /// another letter than the rest.
    actors: 4,
    id: "blob.put.invisible-to-others",
    title: "other instances see nothing of a put that runs, and the whole of it afterwards",
    clauses: ["BLOB-DATA-4"],
    timeout_s: 30,
}

const HALF: usize = 60_000;

fn state() -> Vec<u8> {
    [[b'a'; HALF], [b'b'; HALF]].concat()
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("overwritten", b"first").await)?;
    Ok(())
}

async fn write(cx: &Context, container: &Container, index: u32, round: usize) -> Outcome {
    let name = if index == 0 { "created" } else { "overwritten" };
    let (mut writer, answer) = container.begin_put(name, options());
    writer.write(&[b'a'; HALF]).await;
    cx.now().await;
    writer.write(&[b'b'; HALF]).await;
    let (_, put) = both(writer.finish(), answer.wait()).await;
    cx.ok(put)?;
    if index == 0 && round.is_multiple_of(2) {
        cx.ok(container.delete(name).await)?;
    }
    Ok(())
}

async fn read(cx: &Context, container: &Container) -> Outcome {
    let whole = state();
    let check = || cx.check("BLOB-DATA-4", "get of an object that others overwrite");
    let get = async |name: &str| unless_expired(cx, async || container.get(name).await).await;
    let seen = check().some(get("overwritten").await)?;
    check().that(seen == b"first" || seen == whole, "a whole state", &seen)?;
    let check = || cx.check("BLOB-DATA-4", "get of an object that others create");
    let seen = check().ok(get("created").await)?;
    check().that(
        seen.as_ref().is_none_or(|seen| *seen == whole),
        "a whole state, or none",
        &seen,
    )?;
    let check = || cx.check("BLOB-DATA-4", "head of an object that others create");
    let size = check()
        .ok(container.head("created").await)?
        .map(|info| info.size);
    check().that(
        size.is_none_or(|size| size == 2 * HALF as u64),
        "the size of a whole state, or none",
        &size.unwrap_or_default(),
    )
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    rounds(cx, index, 8, async |round| match index {
        0 | 1 => write(cx, &container, index, round).await,
        _ => read(cx, &container).await,
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-DATA-4", "get after all writers ended")
        .value(container.get("overwritten").await, &state())
}
