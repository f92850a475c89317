//! Faults of streams in flight: how they end, who gives them up, and at which pace
//! they go.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{Appended, Body, NewObject, Part, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::container;
use super::whole::other;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::provider::lock;

/// A write of one function, whose size is known, takes effect when it has its bytes,
/// whatever the guest then says of them.
#[derive(Debug)]
struct SizeIsEnough(Call);

/// So many bytes of a body, without a look at what comes behind them.
pub(super) fn no_more_than(size: u64, body: Body) -> Body {
    Box::pin(stream::unfold(
        (body, size),
        |(mut body, left)| async move {
            if left == 0 {
                return None;
            }
            let piece = body.next().await?;
            let length = piece.as_ref().map_or(left, |piece| piece.len() as u64);
            Some((piece, (body, left.saturating_sub(length))))
        },
    ))
}

#[async_trait]
impl ContainerFault for SizeIsEnough {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let body = match object.size {
            Some(size) if self.0 == Call::Put => no_more_than(size, body),
            _ => body,
        };
        to.container.put(name, body, object).await
    }

    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let body = match self.0 {
            Call::PutPart => no_more_than(size, body),
            _ => body,
        };
        let sent = to.container.put_part(name, upload, number, size, body);
        sent.await
    }
}

/// What becomes of a put that the guest gives up.
#[derive(Debug)]
enum GivenUp {
    /// What there is takes effect.
    Commits,
    /// The old object goes.
    Removes,
    /// The guest is told something else.
    Other,
}

#[async_trait]
impl ContainerFault for GivenUp {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let is_cancelled = |error: &Error| *error.kind() == ErrorKind::Cancelled;
        if matches!(self, Self::Commits) {
            let was_given_up = Arc::new(AtomicBool::new(false));
            let given_up = Arc::clone(&was_given_up);
            let kept = body.take_while(move |piece| {
                let is_end = piece.as_ref().is_err_and(is_cancelled);
                given_up.fetch_or(is_end, Ordering::Relaxed);
                std::future::ready(!is_end)
            });
            let object = NewObject {
                size: None,
                ..object
            };
            let version = to.container.put(name, Box::pin(kept), object).await?;
            if was_given_up.load(Ordering::Relaxed) {
                return Err(ErrorKind::Cancelled.into());
            }
            return Ok(version);
        }
        match to.container.put(name, body, object).await {
            Err(error) if is_cancelled(&error) => match self {
                Self::Other => Err(other("the stream broke off")),
                _ => {
                    to.container.delete(name).await?;
                    Err(error)
                }
            },
            ended => ended,
        }
    }
}

/// What a call would do with the pieces that have come.
type Write = Box<dyn FnOnce(Vec<Bytes>) -> BoxFuture<'static, ()> + Send>;

/// Writes what has come of a call when that is dropped.
struct Commit {
    write: Option<Write>,
    taken: Arc<Mutex<Vec<Bytes>>>,
    runtime: Handle,
}

impl Commit {
    /// Takes down what comes of `body`.
    fn of(body: Body, write: Write) -> (Self, Body) {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let commit = Self {
            write: Some(write),
            taken: Arc::clone(&taken),
            runtime: Handle::current(),
        };
        let body = body.inspect(move |piece| {
            if let Ok(piece) = piece {
                lock(&taken).push(piece.clone());
            }
        });
        (commit, Box::pin(body))
    }

    /// Leaves it at what the call itself did.
    fn forget(mut self) {
        self.write = None;
    }
}

impl Drop for Commit {
    fn drop(&mut self) {
        if let Some(write) = self.write.take() {
            let pieces = std::mem::take(&mut *lock(&self.taken));
            self.runtime.spawn(write(pieces));
        }
    }
}

fn these(pieces: Vec<Bytes>) -> Body {
    Box::pin(stream::iter(pieces.into_iter().map(Ok)))
}

/// A write of one function, whose call is dropped, commits what it has.
#[derive(Debug)]
struct DropCommits(Call);

#[async_trait]
impl ContainerFault for DropCommits {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        if self.0 != Call::Put {
            return to.container.put(name, body, object).await;
        }
        let container = Arc::clone(&to.container);
        let (own, same) = (name.to_owned(), object.clone());
        let write = move |pieces| {
            let object = NewObject { size: None, ..same };
            let put = async move { container.put(&own, these(pieces), object).await };
            put.map(drop).boxed()
        };
        let (commit, body) = Commit::of(body, Box::new(write));
        let ended = to.container.put(name, body, object).await;
        commit.forget();
        ended
    }

    async fn append(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        if self.0 != Call::Append {
            return to.container.append(name, body, at).await;
        }
        let (container, own) = (Arc::clone(&to.container), name.to_owned());
        let write = move |pieces| {
            let append = async move { container.append(&own, these(pieces), at).await };
            append.map(drop).boxed()
        };
        let (commit, body) = Commit::of(body, Box::new(write));
        let ended = to.container.append(name, body, at).await;
        commit.forget();
        ended
    }

    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let correct = &to.container;
        if self.0 != Call::PutPart {
            return correct.put_part(name, upload, number, size, body).await;
        }
        let container = Arc::clone(correct);
        let (own, id) = (name.to_owned(), upload.to_owned());
        let write = move |pieces: Vec<Bytes>| {
            let size = pieces.iter().map(|piece| piece.len() as u64).sum();
            let put = async move {
                let body = these(pieces);
                container.put_part(&own, &id, number, size, body).await
            };
            put.map(drop).boxed()
        };
        let (commit, body) = Commit::of(body, Box::new(write));
        let ended = correct.put_part(name, upload, number, size, body).await;
        commit.forget();
        ended
    }
}

/// A body that somebody else holds as well.
#[derive(Clone)]
struct Held(Arc<Mutex<Body>>);

impl Stream for Held {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        lock(&self.0).as_mut().poll_next(context)
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

/// A write of one function that is refused leaves its stream open, unread.
#[derive(Debug)]
struct RefusalHolds(Call, Mutex<Vec<Held>>);

impl RefusalHolds {
    fn of(call: Call) -> Self {
        Self(call, Mutex::default())
    }

    /// The body of a call, and one more hand on it.
    fn held(body: Body) -> (Held, Body) {
        let held = Held(Arc::new(Mutex::new(body)));
        (held.clone(), Box::pin(held))
    }

    /// Keeps hold of it, if the call was refused.
    fn keep<T>(&self, call: Call, held: Held, ended: Result<T>) -> Result<T> {
        if ended.is_err() && call == self.0 {
            lock(&self.1).push(held);
        }
        ended
    }
}

#[async_trait]
impl ContainerFault for RefusalHolds {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let (held, body) = Self::held(body);
        let ended = to.container.put(name, body, object).await;
        self.keep(Call::Put, held, ended)
    }

    async fn append(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let (held, body) = Self::held(body);
        let ended = to.container.append(name, body, at).await;
        self.keep(Call::Append, held, ended)
    }

    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let (held, body) = Self::held(body);
        let sent = to.container.put_part(name, upload, number, size, body);
        let ended = sent.await;
        self.keep(Call::PutPart, held, ended)
    }
}

/// One stream at a time: the next begins when the last has ended.
#[derive(Debug)]
struct InTurn {
    puts: bool,
    turn: Arc<Semaphore>,
}

impl InTurn {
    fn of(puts: bool) -> Self {
        Self {
            puts,
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

#[async_trait]
impl ContainerFault for InTurn {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let turn = match self.puts {
            true => self.turn.acquire().await.ok(),
            false => None,
        };
        let ended = to.container.put(name, body, object).await;
        drop(turn);
        ended
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        if self.puts {
            return to.container.get(name, range, expected).await;
        }
        let turn = Arc::clone(&self.turn).acquire_owned().await.ok();
        let found = to.container.get(name, range, expected).await?;
        Ok(found.map(|reading| Reading {
            // Kept with the stream, until it ends or is dropped.
            data: Box::pin(reading.data.inspect(move |_| {
                let _ = &turn;
            })),
            ..reading
        }))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-stream-size-is-enough",
        "a put of a known size takes effect when it has its bytes, whatever the future says",
        &["BLOB-STREAM-1", "BLOB-STREAM-2"],
        container!(SizeIsEnough(Call::Put)),
    ),
    Mutant::new(
        "blob-part-size-is-enough",
        "a part is there when it has its bytes, whatever the future says",
        &["BLOB-STREAM-1"],
        container!(SizeIsEnough(Call::PutPart)),
    ),
    Mutant::new(
        "blob-stream-error-commits",
        "a put that is given up stores what it has",
        &["BLOB-STREAM-2"],
        container!(GivenUp::Commits),
    ),
    Mutant::new(
        "blob-stream-error-removes",
        "a put that is given up removes the old object",
        &["BLOB-STREAM-2"],
        container!(GivenUp::Removes),
    ),
    Mutant::new(
        "blob-stream-error-other",
        "a put that is given up returns other",
        &["BLOB-STREAM-2"],
        container!(GivenUp::Other),
    ),
    Mutant::new(
        "blob-drop-commits",
        "a put whose call is dropped stores what it has",
        &["BLOB-STREAM-3"],
        container!(DropCommits(Call::Put)),
    ),
    Mutant::new(
        "blob-append-drop-commits",
        "an append whose call is dropped adds what it has",
        &["BLOB-STREAM-3"],
        container!(DropCommits(Call::Append)),
    ),
    Mutant::new(
        "blob-part-drop-commits",
        "a part whose call is dropped is there as far as it came",
        &["BLOB-STREAM-3"],
        container!(DropCommits(Call::PutPart)),
    ),
    Mutant::new(
        "blob-refusal-keeps-reading",
        "a put that is refused leaves its stream open, unread",
        &["BLOB-STREAM-4"],
        container!(RefusalHolds::of(Call::Put)),
    ),
    Mutant::new(
        "blob-append-refusal-keeps-reading",
        "an append that is refused leaves its stream open, unread",
        &["BLOB-STREAM-4"],
        container!(RefusalHolds::of(Call::Append)),
    ),
    Mutant::new(
        "blob-part-refusal-keeps-reading",
        "a part that is refused leaves its stream open, unread",
        &["BLOB-STREAM-4"],
        container!(RefusalHolds::of(Call::PutPart)),
    ),
    Mutant::new(
        "blob-stream-in-turn",
        "gets are served one after the other",
        &["BLOB-STREAM-5", "TYP-CALL-2"],
        container!(InTurn::of(false)),
    ),
    Mutant::new(
        "blob-puts-in-turn",
        "puts are served one after the other",
        &["BLOB-STREAM-5", "TYP-CALL-2"],
        container!(InTurn::of(true)),
    ),
];
