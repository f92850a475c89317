//! Bytes from a guest to a provider: a bounded queue between the guest's stream and the
//! task of the call that reads it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cloud_contract::blobstore::Body;
use cloud_contract::{Bytes, ErrorKind};
use futures::channel::{mpsc, oneshot};
use futures::{FutureExt as _, Stream, StreamExt as _};
use tokio::task::JoinHandle;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Access, FutureConsumer, FutureReader, Lower, Source, StreamConsumer, StreamReader, StreamResult,
};

use crate::State;
use crate::bindings::wit::types::errors::Error;
use crate::budget::Held;
use crate::state::Cloud;

/// The most bytes that are taken from the guest at once: large enough that the way of
/// one through the engine costs little beside its copy.
const PIECE: usize = 256 << 10;
/// How many pieces wait for the service, besides the one that it works on.
const WAITING: usize = 4;

/// The result that the guest waits for.
type Answer<T> = Result<T, Error>;

/// Runs `call` with what the guest writes to `data` until `end` says that it is whole.
/// The guest gets a future of the result at once; when it drops that, the call ends.
pub(super) fn carry<T, F>(
    access: &mut Access<State, Cloud>,
    mut held: Held,
    data: StreamReader<u8>,
    end: FutureReader<Result<(), Error>>,
    call: impl FnOnce(Body) -> F,
) -> wasmtime::Result<FutureReader<Answer<T>>>
where
    T: Lower + wasmtime::component::Lift + Send + Sync + 'static,
    F: Future<Output = cloud_contract::Result<T>> + Send + 'static,
{
    let answer: Pin<Box<dyn Future<Output = wasmtime::Result<Answer<T>>> + Send>> =
        match held.take((WAITING + 1) * PIECE) {
            Err(error) => {
                // Nobody reads: the guest is told that its stream is closed.
                let (mut data, mut end) = (data, end);
                data.close(&mut *access)?;
                end.close(&mut *access)?;
                Box::pin(async move { Ok(Err(error.into())) })
            }
            Ok(()) => {
                let body = body(access, data, end)?;
                let call = call(body);
                let task = Task(tokio::spawn(async move {
                    let answer = call.await;
                    drop(held);
                    answer
                }));
                Box::pin(task.map(|ended| Ok(ended.map_err(Into::into))))
            }
        };
    FutureReader::new(access, answer)
}

fn body(
    access: &mut Access<State, Cloud>,
    data: StreamReader<u8>,
    end: FutureReader<Result<(), Error>>,
) -> wasmtime::Result<Body> {
    // A queue has one more place for each sender.
    let (sender, pieces) = mpsc::channel(WAITING - 1);
    let (ended, end_of_guest) = oneshot::channel();
    data.pipe(&mut *access, Intake(sender))?;
    end.pipe(&mut *access, EndIntake(Some(ended)))?;
    Ok(Box::pin(Incoming {
        pieces,
        end: Some(end_of_guest),
        is_over: false,
    }))
}

/// What the guest writes. Its word that the bytes are whole counts at their end; one
/// that they are not counts at once, whether or not more of them come.
struct Incoming {
    pieces: mpsc::Receiver<Bytes>,
    /// None once the guest has said that the bytes are whole.
    end: Option<oneshot::Receiver<Result<(), Error>>>,
    is_over: bool,
}

impl Stream for Incoming {
    type Item = cloud_contract::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if let Some(end) = &mut self.end {
            match end.poll_unpin(context) {
                Poll::Pending => {}
                Poll::Ready(Ok(Ok(()))) => self.end = None,
                // Given up by the guest, or the guest is gone.
                Poll::Ready(Ok(Err(_)) | Err(_)) => {
                    self.is_over = true;
                    return Poll::Ready(Some(Err(ErrorKind::Cancelled.into())));
                }
            }
        }
        match ready!(self.pieces.poll_next_unpin(context)) {
            Some(piece) => Poll::Ready(Some(Ok(piece))),
            None if self.end.is_some() => Poll::Pending,
            None => {
                self.is_over = true;
                Poll::Ready(None)
            }
        }
    }
}

/// A call on a thread of its own choosing, which ends with whoever waits for it.
struct Task<T>(JoinHandle<cloud_contract::Result<T>>);

impl<T> Future for Task<T> {
    type Output = cloud_contract::Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.0.poll_unpin(context)) {
            Ok(answer) => answer,
            // The portable layer catches panics: what is left is the end of the host.
            Err(_) => Err(ErrorKind::Cancelled.into()),
        })
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Intake(mpsc::Sender<Bytes>);

impl StreamConsumer<State> for Intake {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<State>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        // A guest that writes is one that waits for the provider.
        store.data_mut().called();
        match self.0.poll_ready(context) {
            Poll::Pending if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Err(_)) => return Poll::Ready(Ok(StreamResult::Dropped)),
            Poll::Ready(Ok(())) => {}
        }
        let mut source = source.as_direct(store);
        let offered = source.remaining();
        let piece = Bytes::copy_from_slice(offered.get(..PIECE).unwrap_or(offered));
        if piece.is_empty() {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        source.mark_read(piece.len());
        // There is room, and if the reader left meanwhile the next write is told.
        self.0.start_send(piece).ok();
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

struct EndIntake(Option<oneshot::Sender<Result<(), Error>>>);

impl FutureConsumer<State> for EndIntake {
    type Item = Result<(), Error>;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<State>,
        mut source: Source<'_, Self::Item>,
        _: bool,
    ) -> Poll<wasmtime::Result<()>> {
        let mut end = None;
        source.read(store, &mut end)?;
        if let (Some(end), Some(ended)) = (end, self.0.take()) {
            // Nobody waits for it any more when the call has ended.
            ended.send(end).ok();
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Word = oneshot::Sender<Result<(), Error>>;

    fn incoming() -> (mpsc::Sender<Bytes>, Word, Incoming) {
        let (sender, pieces) = mpsc::channel(1);
        let (word, end) = oneshot::channel();
        let incoming = Incoming {
            pieces,
            end: Some(end),
            is_over: false,
        };
        (sender, word, incoming)
    }

    #[test]
    fn bytes_are_whole_when_they_have_ended_and_the_guest_says_so() {
        for word_first in [false, true] {
            let (mut sender, word, mut incoming) = incoming();
            sender.try_send(Bytes::from_static(b"piece")).unwrap();
            let mut word = Some(word);
            if word_first {
                word.take().unwrap().send(Ok(())).unwrap();
            }
            let piece = incoming.next().now_or_never().unwrap();
            assert_eq!(piece.unwrap().unwrap(), "piece");
            assert!(incoming.next().now_or_never().is_none());
            drop(sender);
            if let Some(word) = word {
                assert!(incoming.next().now_or_never().is_none());
                word.send(Ok(())).unwrap();
            }
            assert!(incoming.next().now_or_never().unwrap().is_none());
        }
    }

    #[test]
    fn bytes_are_given_up_at_once_whether_or_not_they_have_ended() {
        for says in [true, false] {
            let (_sender, word, mut incoming) = incoming();
            assert!(incoming.next().now_or_never().is_none());
            if says {
                word.send(Err(Error::Timeout)).unwrap();
            } else {
                drop(word);
            }
            let given_up = incoming.next().now_or_never().unwrap();
            let error = given_up.unwrap().unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Cancelled);
            assert!(incoming.next().now_or_never().unwrap().is_none());
        }
    }
}
