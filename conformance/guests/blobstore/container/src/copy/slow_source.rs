use conformance_kit::prelude::*;

use crate::states::{is_whole, write};
use crate::support::settle;

case! {
    /// So many bytes take longer than a look at what describes them. What comes in between
    /// is as large, or so small that nothing is left where the copy reads on.
    id: "blob.copy.slow-source",
    title: "a copy and a move of 8 MiB whose source is overwritten meanwhile make a whole state of it",
    clauses: ["BLOB-COPY-1", "BLOB-COPY-2", "BLOB-MOVE-1"],
    lane: Lane::Slow,
    timeout_s: 180,
}

const SIZE: usize = 8 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for to in [&container, &other] {
        for moves in [false, true] {
            for size in [12, SIZE] {
                overwritten(cx, &container, to, moves, size).await?;
            }
        }
    }
    Ok(())
}

/// Copies or moves state 0 while the source becomes state 1, of about `size` bytes.
async fn overwritten(
    cx: &Context,
    container: &Container,
    to: &Container,
    moves: bool,
    size: usize,
) -> Outcome {
    let (verb, clause) = match moves {
        false => ("copy", "BLOB-COPY-1"),
        true => ("move", "BLOB-MOVE-1"),
    };
    let copy = format!("{verb} beside {size}");
    write(cx, container, "source", 0, SIZE).await?;
    let call = match moves {
        false => begin(container.copy("source", to, &copy)).await,
        true => begin(container.r#move("source", to, &copy)).await,
    };
    settle(cx).await;
    write(cx, container, "source", 1, size).await?;
    let made = call.finish().await;
    if matches!(made, Err(Error::Throttled(_))) {
        cx.note(format!("a {verb} whose source is overwritten is throttled"));
        return Ok(());
    }
    let message = format!("{verb} of an object that is overwritten");
    let check = cx.check(clause, &message);
    check.ok(made)?;
    let made = check.some(to.begin_get(&copy, None, None).await)?;
    let is_old = made.info.content_type == "text/x-0";
    is_whole(cx, clause, made, if is_old { SIZE } else { size }).await?;
    match cx.ok(container.begin_get("source", None, None).await)? {
        Some(source) => is_whole(cx, "BLOB-COPY-2", source, size).await,
        // The move took the new state with it, or after it (BLOB-MOVE-4).
        None => check.that(moves, "the source", "none"),
    }
}
