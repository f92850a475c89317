//! Bytes of files on their way to a guest.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use cloud_contract::blobstore::{Body, Range};
use cloud_contract::{Error, Result};
use futures::{FutureExt as _, Stream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::PIECE;
use super::files::{Begun, Files, Hold, begin};
use super::record::Piece;

/// Bytes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) file: u128,
    start: u64,
    length: u64,
}

/// Where the bytes of `range` are.
pub(super) fn stretches(pieces: &[Piece], range: Range) -> VecDeque<Stretch> {
    let mut skip = range.offset;
    let mut left = range.length.unwrap_or(u64::MAX);
    let mut found = VecDeque::new();
    for piece in pieces {
        if left == 0 {
            break;
        }
        if skip >= piece.size {
            skip -= piece.size;
            continue;
        }
        let start = std::mem::take(&mut skip);
        let length = left.min(piece.size - start);
        left -= length;
        found.push_back(Stretch {
            file: piece.file,
            start,
            length,
        });
    }
    found
}

/// Reads stretches, one after the other.
pub(super) struct Reader {
    files: Arc<Files>,
    stretches: VecDeque<Stretch>,
    /// That of the first stretch, at the place to go on.
    open: Option<File>,
    spare: Arc<Spare>,
    _hold: Hold,
}

impl Reader {
    pub(super) fn new(files: &Arc<Files>, stretches: VecDeque<Stretch>, hold: Hold) -> Self {
        Self {
            files: Arc::clone(files),
            stretches,
            open: None,
            spare: Arc::default(),
            _hold: hold,
        }
    }

    /// The next bytes, none at the end. Blocks.
    pub(super) fn next(&mut self) -> io::Result<Bytes> {
        let mut bytes = self.spare.take();
        while bytes.len() < PIECE
            && let Some(stretch) = self.stretches.front_mut()
        {
            let open = match self.open.as_mut() {
                Some(open) => open,
                None => {
                    let mut open = self.files.read(stretch.file)?;
                    open.seek(SeekFrom::Start(stretch.start))?;
                    self.open.insert(open)
                }
            };
            let room = (PIECE - bytes.len()) as u64;
            let asked = stretch.length.min(room);
            // At most a piece.
            bytes.reserve(asked as usize);
            let read = open.take(asked).read_to_end(&mut bytes)? as u64;
            if read < asked {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            stretch.length -= read;
            if stretch.length == 0 {
                self.stretches.pop_front();
                self.open = None;
            }
        }
        if bytes.len() < PIECE {
            // The last one; most objects have no other.
            return Ok(Bytes::from(bytes));
        }
        Ok(Bytes::from_owner(Lent {
            bytes,
            spare: Arc::clone(&self.spare),
        }))
    }
}

/// How many buffers of a stream lie idle at most: as many as one run fills.
const SPARE: usize = RUN;

/// Buffers of one stream that can be used again: the kernel clears every fresh one first.
#[derive(Debug, Default)]
struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    fn buffers(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<u8> {
        self.buffers().pop().unwrap_or_default()
    }
}

/// A piece that gives its buffer back.
struct Lent {
    bytes: Vec<u8>,
    spare: Arc<Spare>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let mut buffers = self.spare.buffers();
        if buffers.len() < SPARE {
            buffers.push(bytes);
        }
    }
}

/// How many pieces are read at most without a pause: to begin costs as much as to read a
/// piece, and so does to wait for each.
const RUN: usize = 4;

/// What `reader` reads. What is `kept` stays until the end.
pub(super) fn deliver<T: Send + Unpin + 'static>(kept: T, reader: Reader) -> Body {
    let (sender, pieces) = mpsc::unbounded_channel();
    Box::pin(Delivery {
        pieces,
        run: Run::Idle(Source { reader, sender }),
        _kept: kept,
    })
}

/// The bytes of a reader. No run begins before somebody asks for bytes, and the next one
/// only when half of the one before is taken: one and a half are held at most.
struct Delivery<T> {
    /// What was read and nobody has taken yet.
    pieces: UnboundedReceiver<Bytes>,
    run: Run,
    _kept: T,
}

enum Run {
    Idle(Source),
    Reading(Begun<Source>),
    Failed(Error),
    Over,
}

impl<T> Delivery<T> {
    /// Sees to a run being under way, unless there is enough.
    fn go_on(&mut self, context: &mut Context<'_>) {
        loop {
            self.run = match std::mem::replace(&mut self.run, Run::Over) {
                Run::Idle(source) if source.reader.stretches.is_empty() => Run::Over,
                Run::Idle(source) if self.pieces.len() <= RUN / 2 => Run::Reading(source.run()),
                Run::Reading(mut reading) => match reading.poll_unpin(context) {
                    Poll::Ready(Ok(source)) => Run::Idle(source),
                    Poll::Ready(Err(error)) => Run::Failed(error),
                    Poll::Pending => {
                        self.run = Run::Reading(reading);
                        return;
                    }
                },
                run => {
                    self.run = run;
                    return;
                }
            };
        }
    }
}

impl<T: Unpin> Stream for Delivery<T> {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.go_on(context);
        // Those that a run read before it failed come first. Pieces can be pending although
        // there are some: a task that did much has to let others have their turn.
        let piece = ready!(self.pieces.poll_recv(context));
        match (piece, std::mem::replace(&mut self.run, Run::Over)) {
            (Some(piece), run) => {
                self.run = run;
                Poll::Ready(Some(Ok(piece)))
            }
            (None, Run::Failed(error)) => Poll::Ready(Some(Err(error))),
            (None, Run::Over) => Poll::Ready(None),
            // One that has failed, and is just about to say so.
            (None, run) => {
                self.run = run;
                Poll::Pending
            }
        }
    }
}

/// Where pieces come from, and where they go.
struct Source {
    reader: Reader,
    sender: UnboundedSender<Bytes>,
}

impl Source {
    fn run(mut self) -> Begun<Self> {
        begin(move || {
            for _ in 0..RUN {
                let piece = self.reader.next()?;
                // Nobody takes any more, or there are none.
                if piece.is_empty() || self.sender.send(piece).is_err() {
                    break;
                }
            }
            Ok(self)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures::StreamExt as _;

    use super::*;
    use crate::folder::Folder;

    #[tokio::test]
    async fn a_task_that_reads_much_reads_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(Folder::open(folder.path()).unwrap()).unwrap();
        let (new, mut open) = files.create().unwrap();
        open.write_all(b"bytes").unwrap();
        let read = async || {
            let stretch = Stretch {
                file: new.number(),
                start: 0,
                length: 5,
            };
            let hold = files.hold(vec![new.number()]);
            let body = deliver((), Reader::new(&files, [stretch].into(), hold));
            let pieces: Vec<_> = body.map(Result::unwrap).collect().await;
            pieces.concat()
        };
        // More than the runtime lets one task do before the others' turn.
        let many = futures::future::join_all((0..1_000).map(|_| read()));
        assert!(many.await.iter().all(|read| read == b"bytes"));
    }

    #[tokio::test]
    async fn bytes_come_in_their_order_and_what_fails_behind_them() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(Folder::open(folder.path()).unwrap()).unwrap();
        let whole: Vec<u8> = (0..2 * RUN * PIECE + PIECE + 7)
            .map(|place| (place / 251) as u8)
            .collect();
        let (new, mut open) = files.create().unwrap();
        open.write_all(&whole).unwrap();
        for missing in [0, 1] {
            let stretch = Stretch {
                file: new.number(),
                start: 0,
                length: whole.len() as u64 + missing,
            };
            let hold = files.hold(vec![new.number()]);
            let mut body = deliver((), Reader::new(&files, [stretch].into(), hold));
            let (mut read, mut failures) = (Vec::new(), 0);
            while let Some(piece) = body.next().await {
                match piece {
                    Ok(piece) => read.extend(piece),
                    Err(_) => failures += 1,
                }
                assert!(failures == 0 || missing > 0);
            }
            assert_eq!(failures, missing);
            let last = if missing == 0 { 0 } else { 7 };
            assert!(read == whole[..whole.len() - last]);
        }
    }

    #[test]
    fn every_range_is_found() {
        let sizes = [3_u64, 1, 4];
        let pieces: Vec<Piece> = (0_u128..)
            .zip(sizes)
            .map(|(file, size)| Piece { file, size })
            .collect();
        let whole: Vec<(u128, u64)> = pieces
            .iter()
            .flat_map(|piece| (0..piece.size).map(|place| (piece.file, place)))
            .collect();
        for offset in 0..=9_u64 {
            for length in (0..=9).map(Some).chain([None, Some(u64::MAX)]) {
                let found = stretches(&pieces, Range { offset, length });
                assert!(found.iter().all(|stretch| stretch.length > 0));
                let bytes = found.iter().flat_map(|stretch| {
                    (0..stretch.length).map(|place| (stretch.file, stretch.start + place))
                });
                let asked = usize::try_from(length.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
                let expected = whole.iter().copied().skip(offset as usize).take(asked);
                assert!(bytes.eq(expected), "{offset} {length:?}");
            }
        }
    }
}
