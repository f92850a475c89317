use conformance_kit::prelude::*;

use crate::listing::{NONE, listed_by};
use crate::pattern::big;
use crate::support::{settle, sized};

case! {
    /// Where names are paths, a folder is made before its first object is there, and
    /// stays behind its last one.
    id: "blob.list.delimiter-no-object",
    title: "no list has a prefix of a write that did not take effect, or of what was moved away or deleted",
    clauses: [
        "BLOB-LIST-1",
        "BLOB-STREAM-2",
        "BLOB-COND-2",
        "BLOB-PUT-6",
        "BLOB-COPY-4",
    ],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    without_effect(cx, &container).await?;

    cx.ok(container.put("a/f/g", b"bytes").await)?;
    cx.ok(container.r#move("a/f/g", &container, "l").await)?;
    has(cx, &container, &["l"]).await?;

    for name in ["a/h", "a/i/j"] {
        cx.ok(container.put(name, b"bytes").await)?;
    }
    cx.ok(container.delete_many(&["a/h", "a/i/j"]).await)?;
    has(cx, &container, &["l"]).await?;

    let other = cx.second_container().await?;
    cx.ok(container.put("a/k/x", b"bytes").await)?;
    cx.ok(container.r#move("a/k/x", &other, "a/k/x").await)?;
    has(cx, &container, &["l"]).await?;
    has(cx, &other, &["a/k/x"]).await
}

/// Writes that fail, one after the other, each in a folder of its own.
async fn without_effect(cx: &Context, container: &Container) -> Outcome {
    let (mut writer, answer) = container.begin_put("a/b/new", blobstore::options());
    let answer = begin(answer.wait()).await;
    writer.write(&big(cx, 100_000)).await;
    settle(cx).await;
    has(cx, container, NONE).await?;
    writer.fail(Error::Cancelled).await;
    cx.check("BLOB-STREAM-2", "give up a put")
        .fails(answer.finish().await, Kind::Cancelled)?;
    has(cx, container, NONE).await?;

    let replaced = container.replace("a/c/x", b"bytes", "other").await;
    cx.check("BLOB-COND-2", "replace an absent object")
        .fails(replaced, Kind::PreconditionFailed)?;
    has(cx, container, NONE).await?;

    let put = container.put_with("a/d/x", b"bytes", sized(6)).await;
    cx.check("BLOB-PUT-6", "put of 5 bytes as 6")
        .fails(put, Kind::InvalidArgument)?;
    has(cx, container, NONE).await?;

    for copied in [
        container.copy("absent", container, "a/e/copy").await,
        container.r#move("absent", container, "a/e/moved").await,
    ] {
        cx.check("BLOB-COPY-4", "copy and move of an absent object")
            .fails(copied, Kind::NotFound)?;
        has(cx, container, NONE).await?;
    }
    Ok(())
}

/// Lists show these objects and no others, and no prefix but theirs.
async fn has(cx: &Context, container: &Container, names: &[&str]) -> Outcome {
    let lists = [("", Some("/")), ("a/", Some("/")), ("", None)];
    listed_by(cx, "BLOB-LIST-1", container, names, &lists).await
}
