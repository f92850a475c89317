//! What is left of a get, or comes of a conditional put, whose object changes while the
//! bytes are on their way.

use blobstore::{Content, Precondition, PutOptions, Range, options};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::slices::slice;
use crate::support::settle;

/// More than one piece, and little enough to be quick.
pub(crate) const SIZE: usize = 2 << 20;
/// What is read before the change.
pub(crate) const BEGUN: usize = 64 << 10;

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

/// What becomes of an object while a put of it is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It was absent, and is written.
    Created,
    /// Other bytes are put.
    Overwritten,
    /// Another object is copied over it.
    CopiedOver,
    /// It is removed.
    Deleted,
}

/// What is there after a change that leaves an object.
const MEANWHILE: &[u8] = b"meanwhile";

impl Change {
    /// A word for it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Overwritten => "overwritten",
            Self::CopiedOver => "copied over",
            Self::Deleted => "deleted",
        }
    }

    async fn make(self, container: &Container, name: &str) -> Result<(), Error> {
        match self {
            Self::Created | Self::Overwritten => container.put(name, MEANWHILE).await.map(drop),
            Self::CopiedOver => {
                container.put("source", MEANWHILE).await?;
                container.copy("source", container, name).await.map(drop)
            }
            Self::Deleted => container.delete(name).await,
        }
    }
}

/// Begins a conditional put of `bytes`, of which so many are written before the object
/// changes: it fails, and what the change made is there. The case lists BLOB-COND-3.
pub(crate) async fn put_fails(
    cx: &Context,
    container: &Container,
    name: &str,
    change: Change,
    (bytes, is_sized, written): (&[u8], bool, usize),
) -> Outcome {
    let expected = if change == Change::Created {
        Precondition::Absent
    } else {
        Precondition::Version(cx.ok(container.put(name, b"before").await)?)
    };
    let options = PutOptions {
        expected: Some(expected),
        size: is_sized.then_some(bytes.len() as u64),
        ..options()
    };
    let (mut writer, answer) = container.begin_put(name, options);
    let answer = begin(answer.wait()).await;
    let (first, rest) = bytes.split_at(written);
    let is_read = writer.write(first).await;
    if rest.is_empty() {
        writer.close();
        settle(cx).await;
    }
    let changed = change.make(container, name).await;
    // Either of the two may be told to come again (BLOB-COND-6).
    if matches!(changed, Err(Error::Throttled(_))) {
        cx.note("a write that a conditional put overlaps is throttled");
        return Ok(());
    }
    cx.ok(changed)?;
    if is_read {
        writer.write(rest).await;
    }
    writer.finish().await;
    let ended = answer.finish().await;
    if matches!(ended, Err(Error::Throttled(_))) {
        cx.note("a conditional put that a write overlaps is throttled");
        return Ok(());
    }
    let message = format!("put of an object that was {} meanwhile", change.text());
    let check = cx.check("BLOB-COND-3", &message);
    check.fails(ended, Kind::PreconditionFailed)?;
    if change == Change::Deleted {
        check.none(container.get(name).await)
    } else {
        check.value(container.get(name).await, MEANWHILE)
    }
}
