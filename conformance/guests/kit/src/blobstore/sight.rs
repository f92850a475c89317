//! What another instance sees of a write, though it looked before.

use super::Container;
use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::context::Context;
use crate::ending::{Outcome, Stop};
use crate::show::Show;

/// A name and the bytes of its object; none where there is none.
pub type Sight<'a> = (&'a str, Option<&'a [u8]>);

/// What leaves the mark that the write returned.
const WRITTEN: &str = "written";

/// The part of one of two actors: the second looks at all names, the first then makes the
/// write, and after the visibility bound the second sees what it left. What the second
/// kept of its reads has to go without a write of its own.
///
/// The case lists BLOB-VISIBLE-1.
pub async fn sees_the_other<T>(
    cx: &Context,
    container: &Container,
    index: u32,
    write: impl AsyncFnOnce() -> Result<T, Error>,
    left: &[Sight<'_>],
) -> Outcome {
    let signals = cx.second_container().await?;
    if index == 0 {
        super::meet(cx, "looked", index).await?;
        cx.ok(write().await)?;
        return cx.ok(signals.put(WRITTEN, b"").await).map(drop);
    }
    look(cx, container, left).await?;
    super::meet(cx, "looked", index).await?;
    let limit = cx.visibility_bound() + cx.patience();
    let came = cx.wait_until(limit, async || {
        Ok(cx.ok(signals.head(WRITTEN).await)?.is_some())
    });
    cx.check("BLOB-VISIBLE-1", "wait for the word of another instance")
        .equal(came.await?, true)?;
    cx.sleep(cx.visibility_bound()).await;
    sees(cx, container, left).await
}

/// Looks at what is about to change, in every way.
async fn look(cx: &Context, container: &Container, names: &[Sight<'_>]) -> Outcome {
    for (name, _) in names {
        cx.ok(container.get(name).await)?;
        cx.ok(container.head(name).await)?;
    }
    cx.all_names(container, "", None).await?;
    streamed(cx, container).await.map(drop)
}

async fn sees(cx: &Context, container: &Container, left: &[Sight<'_>]) -> Outcome {
    for (name, bytes) in left {
        let message = format!("read {} after another instance wrote", name.shown());
        let check = cx.check("BLOB-VISIBLE-1", &message);
        match bytes {
            Some(bytes) => {
                check.value(container.get(name).await, bytes)?;
                let info = check.some(container.head(name).await)?;
                check.equal(info.size, bytes.len() as u64)?;
            }
            None => {
                check.none(container.get(name).await)?;
                check.none(container.head(name).await)?;
            }
        }
    }
    let check = |message| cx.check("BLOB-VISIBLE-1", message);
    let listed = cx.all_names(container, "", None).await?;
    are_listed(check("list after another instance wrote"), &listed, left)?;
    let listed = streamed(cx, container).await?;
    are_listed(check("names after another instance wrote"), &listed, left)
}

async fn streamed(cx: &Context, container: &Container) -> Result<Vec<String>, Stop> {
    let (names, end) = container.names("").collect().await;
    cx.ok(end)?;
    Ok(names)
}

/// Those that are there are listed; of others it says nothing.
fn are_listed(check: Check<'_>, listed: &[String], left: &[Sight<'_>]) -> Outcome {
    let is_told = |name: &str| left.iter().any(|(told, _)| *told == name);
    let own: Vec<String> = listed
        .iter()
        .filter(|name| is_told(name))
        .cloned()
        .collect();
    let present = left.iter().filter(|(_, bytes)| bytes.is_some());
    let present: Vec<&str> = present.map(|(name, _)| *name).collect();
    check.keys(&own, &present)
}
