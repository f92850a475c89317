use blobstore::{Content, history};
use conformance_kit::prelude::*;

use crate::states_of::earlier;

case! {
    /// To be the present state no longer is no change of a state. To be removed is like a
    /// deletion.
    id: "blob.history.read-meanwhile",
    title: "a get-version goes on with the state that it found, or expires, when the object or the state goes",
    clauses: [
        "BLOB-GETVERSION-1",
        "BLOB-GETVERSION-3",
        "BLOB-GET-11",
        "BLOB-DELETEVERSION-1",
    ],
    requires: ["blob.history"],
}

/// More than one piece, and little enough to be quick.
const SIZE: usize = 2 << 20;
const REMOVED: &str = "removed as a state";

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for begun in [0, 64 << 10] {
        for meanwhile in ["overwritten", "deleted", "moved", REMOVED] {
            let name = format!("{meanwhile}-{begun}");
            let (version, bytes) = if meanwhile == REMOVED {
                earlier(cx, &container, &name, SIZE).await?
            } else {
                let bytes = cx.random_bytes(SIZE);
                (cx.ok(container.put(&name, &bytes).await)?, bytes)
            };
            let found = history::begin_get(&container, &name, &version, None).await;
            let mut content = cx
                .check("BLOB-GETVERSION-1", "get-version of a state")
                .some(found)?;
            let first = content.read_exact(begun).await;
            cx.check("BLOB-GETVERSION-1", "read the beginning of a state")
                .bytes(&first, &bytes[..begun])?;
            match meanwhile {
                "overwritten" => cx.ok(container.put(&name, b"new").await).map(drop)?,
                "deleted" => cx.ok(container.delete(&name).await)?,
                "moved" => {
                    let moved = container.r#move(&name, &container, "elsewhere").await;
                    cx.ok(moved).map(drop)?;
                }
                _ => cx.ok(history::delete(&container, &name, &version).await)?,
            }
            goes_on(cx, content, &bytes[begun..], meanwhile).await?;
            let after = history::get(&container, &name, &version, None).await;
            if meanwhile == REMOVED {
                cx.check("BLOB-DELETEVERSION-1", "get-version after that")
                    .none(after)?;
            } else {
                cx.check("BLOB-GETVERSION-1", "get-version after that")
                    .value(after, &bytes)?;
            }
        }
    }
    Ok(())
}

/// What comes is the state, to its end or until `expired`.
async fn goes_on(cx: &Context, content: Content, rest: &[u8], meanwhile: &str) -> Outcome {
    let (read, end) = content.collect().await;
    let message = format!("read on after the state was {meanwhile}");
    let clause = match meanwhile {
        REMOVED => "BLOB-GETVERSION-3",
        _ => "BLOB-GET-11",
    };
    let check = cx.check(clause, &message);
    match end {
        Err(Error::Expired) => {
            cx.note(format!(
                "a get-version expires when its state is {meanwhile}"
            ));
            check.bytes(&read, &rest[..read.len().min(rest.len())])
        }
        end => {
            check.ok(end)?;
            check.bytes(&read, rest)
        }
    }
}
