//! Bytes of files on their way to a guest.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cloud_contract::blobstore::{Body, Range};
use futures::stream;

use super::PIECE;
use super::files::{Begun, Files, Hold, begin};
use super::record::Piece;
use crate::engine::Engine;

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

/// How many buffers of a stream lie idle at most: one is on its way to the guest, another one
/// waits for it, and into a third one is read.
const SPARE: usize = 2;

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

/// What `reader` reads. The folder stays in use until the end.
pub(super) fn deliver(engine: Arc<Engine>, reader: Reader) -> Body {
    let ahead = Some(Ahead::Idle(reader));
    Box::pin(stream::unfold((engine, ahead), async |(engine, ahead)| {
        let reading = match ahead? {
            Ahead::Idle(reader) => read(reader),
            Ahead::Reading(reading) => reading,
        };
        match reading.end().await {
            Ok((bytes, _)) if bytes.is_empty() => None,
            Ok((bytes, reader)) => {
                // Those behind are read while the guest is given these.
                let ahead = (!reader.stretches.is_empty()).then(|| Ahead::Reading(read(reader)));
                Some((Ok(bytes), (engine, ahead)))
            }
            Err(error) => Some((Err(error), (engine, None))),
        }
    }))
}

/// What comes next of a body.
enum Ahead {
    /// Nobody has asked for its first bytes.
    Idle(Reader),
    Reading(Begun<(Bytes, Reader)>),
}

fn read(mut reader: Reader) -> Begun<(Bytes, Reader)> {
    begin(move || Ok((reader.next()?, reader)))
}

#[cfg(test)]
mod tests {
    use super::*;

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
