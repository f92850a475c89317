//! What is left of a get whose object changes while it is read.

use blobstore::{Content, Range};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::slices::slice;

/// More than one piece, and little enough to be quick.
pub(crate) const SIZE: usize = 2 << 20;
const BEGUN: usize = 64 << 10;

/// Puts an object of `SIZE` bytes and begins to read it.
pub(crate) async fn begun(
    cx: &Context,
    container: &Container,
    name: &str,
) -> Result<(Content, Vec<u8>), Stop> {
    begun_range(cx, container, name, None).await
}

/// Puts an object of `SIZE` bytes and begins to read a range of it. Returns the bytes of
/// the range as well.
pub(crate) async fn begun_range(
    cx: &Context,
    container: &Container,
    name: &str,
    range: Option<Range>,
) -> Result<(Content, Vec<u8>), Stop> {
    let all = big(cx, SIZE);
    cx.ok(container.put(name, &all).await)?;
    let old = match range {
        Some(range) => slice(&all, range.offset, range.length).to_vec(),
        None => all,
    };
    let found = container.begin_get(name, range, None).await;
    let mut content = cx
        .check("BLOB-GET-11", "get of an object that is about to change")
        .some(found)?;
    cx.check("BLOB-GET-11", "read the beginning of an object")
        .bytes(&content.read_exact(BEGUN).await, &old[..BEGUN])?;
    Ok((content, old))
}

/// Reads on: what comes is the old state, to its end or until `expired`.
pub(crate) async fn goes_on(
    cx: &Context,
    content: Content,
    old: &[u8],
    meanwhile: &str,
) -> Outcome {
    let (read, end) = content.collect().await;
    let rest = &old[BEGUN..];
    let message = format!("read on after the object was {meanwhile}");
    let check = || cx.check("BLOB-GET-11", &message);
    match end {
        Err(Error::Expired) => {
            cx.note("a get expires when its object changes");
            check().bytes(&read, &rest[..read.len().min(rest.len())])
        }
        end => {
            check().ok(end)?;
            check().bytes(&read, rest)
        }
    }
}
