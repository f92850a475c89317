//! Reading an object: some of its messages at a time, the next ones when the guest has
//! taken those, each request by itself. So a lost connection is taken up where it was,
//! and nothing is left of a reader that goes away.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use cloud_contract::blobstore::{Body, Content, Expected, Range};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use futures::stream;

use super::CHUNKS_AT_ONCE;
use super::bucket::Bucket;
use super::container::Container;
use super::meta::State;
use super::object::check;
use super::search::{Search, Step};
use super::wire::Wire;
use crate::stored::Stored;

/// How often an object is looked at whose bytes are gone before they were read: it was
/// written anew, or one of several copies has not got them yet.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(20);
/// How often in a row a connection may be lost.
const CONNECTIONS: u32 = 3;

impl Container {
    pub(super) async fn get_object(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let live = self.bucket.live().await?;
        let expected = expected.map_or(Expected::Any, |version| Expected::Version(version.clone()));
        let mut seen = 0;
        for _ in 0..ATTEMPTS {
            let found = self.bucket.find(&live, name).await?;
            check(&expected, &found)?;
            let Some(state) = found.state else {
                return Ok(None);
            };
            let length = range.covers(state.info.size);
            let length = length.ok_or(ErrorKind::OutOfRange)?;
            if length == 0 {
                return Ok(Some(Content {
                    info: state.info,
                    data: Box::pin(stream::empty()),
                }));
            }
            let mut reader = Reader {
                bucket: Arc::clone(&self.bucket),
                name: name.to_owned(),
                sequence: found.sequence,
                subject: self.bucket.chunks(&state.nuid),
                chunk_bytes: state.chunk_bytes,
                next: 1,
                skip: range.offset,
                left: length,
                first: None,
                wire: None,
            };
            // With the first bytes in hand it is known that they are still there.
            if reader.begin(&state).await? {
                return Ok(Some(Content {
                    info: state.info,
                    data: reader.body(),
                }));
            }
            if found.sequence == seen {
                tokio::time::sleep(PAUSE).await;
            }
            seen = found.sequence;
        }
        Err(damaged())
    }
}

/// A state of an object that is being read.
struct Reader {
    bucket: Arc<Bucket>,
    name: String,
    /// The sequence of the state.
    sequence: u64,
    subject: String,
    chunk_bytes: Option<u64>,
    /// From which sequence on messages are wanted.
    next: u64,
    /// How many of their bytes are not.
    skip: u64,
    /// How many bytes are.
    left: u64,
    /// What was read ahead.
    first: Option<Bytes>,
    wire: Option<Wire>,
}

/// How many of the `chunks` messages come from this one on, itself among them. A copy of
/// the stream that lags behind does not know how many others there are: the message does.
fn left_from(stored: &Stored, chunks: u64) -> Result<u64> {
    match stored.place()? {
        Some(before) => chunks.checked_sub(before).ok_or_else(damaged),
        None => Ok(stored.pending()?.saturating_add(1)),
    }
}

impl Reader {
    /// Reads the first message; false if it is not there any more.
    async fn begin(&mut self, state: &State) -> Result<bool> {
        let wanted = match self.chunk_bytes {
            // Most objects are small: one request, which no other copy answers late.
            _ if state.chunks == 1 => {
                let live = self.bucket.live().await?;
                let Bucket { link, stream, .. } = &*self.bucket;
                let only = stream.last(link, &live, &self.subject).await?;
                self.first = only.map(|only| only.payload);
                return Ok(self.first.is_some());
            }
            Some(bytes) => {
                let before = self.skip / bytes;
                self.skip %= bytes;
                state.chunks.checked_sub(before).ok_or_else(damaged)?
            }
            // Nobody knows where in the messages of another client a byte is.
            None => state.chunks,
        };
        let mut search = Search::new(wanted, self.sequence);
        let mut at_once = self.at_once();
        loop {
            // From the first message on there is nothing to search.
            self.next = if wanted == state.chunks {
                1
            } else {
                search.at()
            };
            let stored = self.message(at_once).await?;
            let found = match &stored {
                Some(stored) => Some((stored.sequence, left_from(stored, state.chunks)?)),
                None => None,
            };
            match search.tell(found) {
                Step::Found => {
                    if let Some(stored) = stored {
                        self.next = stored.sequence.saturating_add(1);
                        self.first = Some(stored.payload);
                    }
                    return Ok(true);
                }
                Step::Gone => return Ok(false),
                Step::Again if wanted == state.chunks => return Ok(false),
                Step::Again => {}
            }
            // What else comes of this answer is not wanted.
            self.wire = None;
            at_once = 1;
        }
    }

    /// How many messages to ask for.
    fn at_once(&self) -> usize {
        let wanted = self.chunk_bytes.map(|bytes| {
            let bytes = self.skip.saturating_add(self.left).div_ceil(bytes);
            usize::try_from(bytes).unwrap_or(usize::MAX)
        });
        wanted.unwrap_or(usize::MAX).clamp(1, CHUNKS_AT_ONCE)
    }

    fn body(self) -> Body {
        Box::pin(stream::try_unfold(self, |mut reader| async move {
            if reader.left == 0 {
                return Ok(None);
            }
            let piece = reader.piece().await?;
            Ok(Some((piece, reader)))
        }))
    }

    /// The next bytes that were asked for.
    async fn piece(&mut self) -> Result<Bytes> {
        let (mut connections, mut attempts) = (0, 0);
        loop {
            let mut bytes = if let Some(first) = self.first.take() {
                first
            } else {
                match self.message(self.at_once()).await {
                    Ok(Some(stored)) => {
                        self.next = stored.sequence.saturating_add(1);
                        stored.payload
                    }
                    Ok(None) => {
                        attempts += 1;
                        self.missing(attempts).await?;
                        continue;
                    }
                    Err(error)
                        if *error.kind() == ErrorKind::Unavailable && connections < CONNECTIONS =>
                    {
                        connections += 1;
                        self.wire = None;
                        continue;
                    }
                    Err(error) => return Err(with_its_container(error)),
                }
            };
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX);
            let skipped = skipped.min(bytes.len());
            bytes.advance(skipped);
            self.skip -= skipped as u64;
            let wanted = usize::try_from(self.left).unwrap_or(usize::MAX);
            bytes.truncate(wanted);
            self.left -= bytes.len() as u64;
            if !bytes.is_empty() {
                return Ok(bytes);
            }
        }
    }

    /// Says why messages are not there that there were; ok if it may be asked again.
    async fn missing(&self, attempts: u32) -> Result<()> {
        let live = self.bucket.live().await.map_err(with_its_container)?;
        let found = self.bucket.find(&live, &self.name).await;
        if found.map_err(with_its_container)?.sequence != self.sequence {
            return Err(ErrorKind::Expired.into());
        }
        if attempts > ATTEMPTS {
            return Err(damaged());
        }
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    /// The next message, with so many others asked for at a time; none if there is no
    /// other.
    async fn message(&mut self, at_once: usize) -> Result<Option<Stored>> {
        let wire = match &mut self.wire {
            Some(wire) => wire,
            none => none.insert(Wire::new(self.bucket.live().await?).await?),
        };
        wire.message(&self.bucket, &self.subject, self.next, at_once)
            .await
    }
}

/// An object goes with its container.
fn with_its_container(error: Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => ErrorKind::Expired.into(),
        _ => error,
    }
}

fn damaged() -> Error {
    ErrorKind::Other("the service has not all bytes of an object".into()).into()
}
