use conformance_kit::prelude::*;

use crate::listing::{fill, some_names};

case! {
    /// Slashes mean nothing: the stream has no delimiter. A stream that has ended holds on
    /// to nothing.
    id: "blob.names.all",
    title: "the stream of names delivers each name with the prefix once and ends with ok",
    clauses: ["BLOB-NAMES-1", "BLOB-NAMES-2"],
    timeout_s: 20,
}

/// More than the 64 calls that a container has to have in flight at a time.
const MANY: usize = 66;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = some_names(cx, "a", 7);
    names.extend(some_names(cx, "a/b/", 7));
    names.extend(["a/", "a//", "a/b", "b", "c/d", "", "é"].map(|end| format!("x{end}")));
    for present in [false, true] {
        if present {
            fill(cx, &container, &names).await?;
        }
        for prefix in ["", "a", "a/", "a/b/", "x", "xa", "xa/", "y"] {
            let mut expected = names.clone();
            expected.retain(|name| present && name.starts_with(prefix));
            delivers(cx, &container, prefix, &expected).await?;
        }
    }
    for _ in 0..MANY {
        delivers(cx, &container, "", &names).await?;
    }
    Ok(())
}

/// A stream delivers these names and comes to its end.
async fn delivers(
    cx: &Context,
    container: &Container,
    prefix: &str,
    expected: &[String],
) -> Outcome {
    let check = cx.check("BLOB-NAMES-2", "read a stream of names to its end");
    let read = container.names(prefix).collect();
    let Some((streamed, end)) = cx.within(cx.patience(), read).await else {
        return Err(check.failed("an end", "none in time"));
    };
    check.ok(end)?;
    cx.check("BLOB-NAMES-1", "read a stream of names to its end")
        .keys(&streamed, expected)
}
