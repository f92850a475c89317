//! What is left of a get whose object changes while it is read.

use blobstore::{Content, Range};
use conformance_kit::prelude::*;

/// More than one piece, and little enough to be quick.
pub(crate) const SIZE: usize = 2 << 20;
const BEGUN: usize = 64 << 10;

/// A get of an object that is about to change.
pub(crate) struct Reading {
    content: Content,
    /// What is left of the bytes that were asked for.
    rest: Vec<u8>,
}

impl Reading {
    /// Puts an object of `SIZE` bytes, and begins to read a range of it or all. The case
    /// lists BLOB-GET-11.
    pub(crate) async fn begin(
        cx: &Context,
        container: &Container,
        name: &str,
        range: Option<Range>,
    ) -> Result<Self, Stop> {
        let all = cx.random_bytes(SIZE);
        cx.ok(container.put(name, &all).await)?;
        let asked = range.map_or(0..SIZE, |range| {
            let begin = range.offset as usize;
            let length = range.length.map(|length| begin + length as usize);
            begin..length.unwrap_or(SIZE)
        });
        let found = container.begin_get(name, range, None).await;
        let mut content = cx
            .check("BLOB-GET-11", "get of an object that is about to change")
            .some(found)?;
        let (first, rest) = all[asked].split_at(BEGUN);
        cx.check("BLOB-GET-11", "read the beginning of an object")
            .bytes(&content.read_exact(BEGUN).await, first)?;
        let rest = rest.to_vec();
        Ok(Self { content, rest })
    }

    /// Reads on: what comes is the old state, to its end or until `expired`.
    pub(crate) async fn goes_on(self, cx: &Context, meanwhile: &str) -> Outcome {
        let (read, end) = self.content.collect().await;
        let message = format!("read on after {meanwhile}");
        let check = cx.check("BLOB-GET-11", &message);
        match end {
            Err(Error::Expired) => {
                cx.note("a get expires when its object changes");
                check.bytes(&read, &self.rest[..read.len().min(self.rest.len())])
            }
            end => {
                check.ok(end)?;
                check.bytes(&read, &self.rest)
            }
        }
    }
}
