use blobstore::{Content, options, range};
use conformance_kit::prelude::*;

use crate::pattern::Pattern;
use crate::support::put_pieces;

case! {
    /// More than a provider may hold of a stream, where that can be tried: what was not
    /// read yet has to come from the service.
    id: "blob.get.while-overwritten-large",
    title: "gets of tens of megabytes go on with the state that they found, or expire, when the object is overwritten",
    clauses: ["BLOB-GET-11"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const PIECE: usize = 256 << 10;
const BEGUN: usize = 64 << 10;
/// Enough for whoever fetches 16 MiB at a time.
const USUAL: usize = 24 << 20;
const MOST: u64 = 40 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let held = cx.limit("blob.buffer.max-bytes")?;
    let size = match held.saturating_add(8 << 20) {
        more if more <= MOST => more as usize,
        _ => USUAL,
    };
    let old = Pattern::new(cx);
    write(cx, &container, &old, size).await?;
    // Both at a time: they need one overwrite.
    let whole = Reader::begun(cx, &container, &old, None, size).await?;
    let part = Some((1_000, size - 2_000));
    let part = Reader::begun(cx, &container, &old, part, size).await?;
    write(cx, &container, &Pattern::new(cx), size).await?;
    let (whole, part) = both(whole.goes_on(cx), part.goes_on(cx)).await;
    whole.and(part)
}

async fn write(cx: &Context, container: &Container, bytes: &Pattern, size: usize) -> Outcome {
    let piece = |offset: usize| bytes.piece(offset, PIECE.min(size - offset));
    let pieces = (0..size).step_by(PIECE).map(piece);
    let put = put_pieces(container, "object", pieces, options());
    cx.ok(put.await).map(drop)
}

/// A get that has delivered its beginning.
struct Reader<'a> {
    content: Content,
    old: &'a Pattern,
    offset: usize,
    length: usize,
}

impl<'a> Reader<'a> {
    /// Begins to read all of an object, or some bytes from an offset on.
    async fn begun(
        cx: &Context,
        container: &Container,
        old: &'a Pattern,
        part: Option<(usize, usize)>,
        size: usize,
    ) -> Result<Self, Stop> {
        let asked = part.and_then(|(offset, length)| range(offset as u64, length as u64));
        let (offset, length) = part.unwrap_or((0, size));
        let found = container.begin_get("object", asked, None).await;
        let mut content = cx
            .check("BLOB-GET-11", "get of a large object")
            .some(found)?;
        cx.check("BLOB-GET-11", "read the beginning of a large object")
            .bytes(&content.read_exact(BEGUN).await, &old.piece(offset, BEGUN))?;
        Ok(Self {
            content,
            old,
            offset,
            length,
        })
    }

    /// Reads on: what comes is the old state, to its end or until `expired`.
    async fn goes_on(mut self, cx: &Context) -> Outcome {
        let check = || cx.check("BLOB-GET-11", "read on after an overwrite");
        let mut read = BEGUN;
        while read < self.length {
            let count = PIECE.min(self.length - read);
            let piece = self.content.read_exact(count).await;
            let expected = self.old.piece(self.offset + read, piece.len());
            check().bytes(&piece, &expected)?;
            read += piece.len();
            if piece.len() < count {
                break;
            }
        }
        match self.content.end().await {
            Err(Error::Expired) => {
                cx.note("a get expires when its object changes");
                Ok(())
            }
            end => {
                check().ok(end)?;
                check().equal(read, self.length)
            }
        }
    }
}
