use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{Seen, are_kept, seen};

case! {
    /// A service that keeps equal bytes once, or whose copies refer to what they were made
    /// of, has to know who else needs them.
    id: "blob.history.delete-shared",
    title: "a state that is removed takes no bytes from states, objects and copies that have the same",
    clauses: [
        "BLOB-DELETEVERSION-4",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
    ],
    requires: ["blob.history"],
}

/// So few that they could lie beside the name, and more than that.
const SIZES: [usize; 2] = [4, 100_000];

async fn put(cx: &Context, container: &Container, name: &str, bytes: &[u8]) -> Result<Seen, Stop> {
    cx.ok(container.put(name, bytes).await)?;
    seen(cx, container, name, bytes.to_vec()).await
}

async fn remove(cx: &Context, container: &Container, name: &str, state: &Seen) -> Outcome {
    cx.ok(history::delete(container, name, &state.info.version).await)
}

/// The object has its bytes, and this state alone.
async fn is_whole(cx: &Context, container: &Container, name: &str, state: Seen) -> Outcome {
    let message = format!("get of {name} after delete-version of what has the same bytes");
    cx.check("BLOB-DELETEVERSION-4", &message)
        .value(container.get(name).await, &state.bytes)?;
    are_kept(cx, container, name, &[state]).await
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in SIZES {
        written_alike(cx, &container, size).await?;
        copied(cx, &container, size).await?;
    }
    Ok(())
}

/// The same bytes, written several times.
async fn written_alike(cx: &Context, container: &Container, size: usize) -> Outcome {
    let bytes = cx.random_bytes(size);
    let [name, beside, copy] = ["object", "beside", "copy"].map(|name| format!("{name}-{size}"));
    let first = put(cx, container, &name, &bytes).await?;
    let second = put(cx, container, &name, &bytes).await?;
    let third = put(cx, container, &name, &bytes).await?;
    let other = put(cx, container, &beside, &bytes).await?;
    cx.ok(container.copy(&name, container, &copy).await)?;
    let made = seen(cx, container, &copy, bytes).await?;
    for earlier in [first, second] {
        remove(cx, container, &name, &earlier).await?;
    }
    is_whole(cx, container, &name, third).await?;
    is_whole(cx, container, &beside, other).await?;
    is_whole(cx, container, &copy, made).await
}

/// A copy and what a move made, of states that go then.
async fn copied(cx: &Context, container: &Container, size: usize) -> Outcome {
    for function in ["copy", "move"] {
        let bytes = cx.random_bytes(size);
        let [name, new] = ["of", "by"].map(|part| format!("{part}-{function}-{size}"));
        let source = put(cx, container, &name, &bytes).await?;
        if function == "copy" {
            cx.ok(container.copy(&name, container, &new).await)?;
            cx.ok(container.put(&name, b"something else").await)?;
        } else {
            cx.ok(container.r#move(&name, container, &new).await)?;
        }
        let made = seen(cx, container, &new, bytes).await?;
        remove(cx, container, &name, &source).await?;
        is_whole(cx, container, &new, made).await?;
    }
    Ok(())
}
