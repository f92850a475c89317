//! Bytes from a provider to a guest: a piece is asked for when the guest has taken the
//! last one whole, so that it is on its way while the guest uses that, and no more than
//! one is held. The future tells how the stream ended.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cloud_contract::blobstore::{Body, Reading};
use cloud_contract::{Bytes, ErrorKind};
use futures::channel::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Access, Destination, FutureReader, StreamProducer, StreamReader, StreamResult, VecBuffer,
};

use crate::State;
use crate::bindings::wit::blobstore::container::Content;
use crate::bindings::wit::types::errors::Error;
use crate::budget::Held;
use crate::state::Cloud;

type End = Result<(), Error>;

/// How much room a stream that nobody reads yet asks the engine for.
const PIECE: usize = 256 << 10;

/// What a guest gets of an object that is read.
pub(super) fn content(
    mut access: Access<State, Cloud>,
    held: Held,
    reading: Reading,
) -> wasmtime::Result<Content> {
    let (ended, end) = oneshot::channel();
    let mut delivery = Delivery {
        body: reading.data,
        piece: Bytes::new(),
        left: reading.length,
        ended: Some(ended),
        held,
    };
    if delivery.left == 0 {
        delivery.end(Ok(()));
    }
    Ok(Content {
        info: reading.info.into(),
        data: StreamReader::new(&mut access, delivery)?,
        end: FutureReader::new(&mut access, told(end))?,
    })
}

async fn told(end: oneshot::Receiver<End>) -> wasmtime::Result<End> {
    // The producer goes without a word when the guest drops the stream.
    Ok(end
        .await
        .unwrap_or_else(|_| Err(cloud_contract::Error::from(ErrorKind::Cancelled).into())))
}

struct Delivery {
    body: Body,
    piece: Bytes,
    /// How many bytes the guest has not got yet.
    left: u64,
    ended: Option<oneshot::Sender<End>>,
    held: Held,
}

impl Delivery {
    fn end(&mut self, end: End) -> StreamResult {
        if let Some(ended) = self.ended.take() {
            // Nobody listens when the guest dropped the future: nothing to tell.
            ended.send(end).ok();
        }
        StreamResult::Dropped
    }

    /// Sees to a piece that has bytes, or tells how the stream goes on without.
    fn fill(&mut self, context: &mut Context<'_>, finish: bool) -> Poll<Option<StreamResult>> {
        if !self.piece.is_empty() {
            return Poll::Ready(None);
        }
        if self.ended.is_none() {
            return Poll::Ready(Some(StreamResult::Dropped));
        }
        // The guest has taken the piece before.
        self.held.release();
        Poll::Ready(match self.body.as_mut().poll_next(context) {
            Poll::Pending if finish => Some(StreamResult::Cancelled),
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => Some(self.end(Ok(()))),
            Poll::Ready(Some(Err(error))) => Some(self.end(Err(error.into()))),
            Poll::Ready(Some(Ok(piece))) => match self.held.take(piece.len()) {
                Err(error) => Some(self.end(Err(error.into()))),
                Ok(()) => {
                    self.piece = piece;
                    None
                }
            },
        })
    }
}

impl Delivery {
    /// Passes on as much of the piece as there is room for.
    fn deliver(&mut self, room: &mut [u8]) -> usize {
        let count = room.len().min(self.piece.len());
        if let Some(room) = room.get_mut(..count) {
            room.copy_from_slice(&self.piece.split_to(count));
        }
        self.left = self.left.saturating_sub(count as u64);
        count
    }
}

impl StreamProducer<State> for Delivery {
    type Item = u8;
    type Buffer = VecBuffer<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, State>,
        destination: Destination<'a, u8, VecBuffer<u8>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        // A guest that reads is one that waits for the provider.
        store.data_mut().called();
        if let Some(result) = ready!(self.fill(context, finish)) {
            return Poll::Ready(Ok(result));
        }
        let mut destination = destination.as_direct(store, PIECE);
        let room = destination.remaining();
        let mut written = 0;
        let result = loop {
            written += self.deliver(room.get_mut(written..).unwrap_or_default());
            if self.left == 0 {
                // The last byte is the end: a guest that counts need not read behind it.
                break self.end(Ok(()));
            }
            match self.fill(context, false) {
                Poll::Pending => break StreamResult::Completed,
                Poll::Ready(Some(ended)) => break ended,
                // A guest with much room gets more, but not all before others' turn.
                Poll::Ready(None) if written < room.len() && written < PIECE => {}
                Poll::Ready(None) => break StreamResult::Completed,
            }
        };
        destination.mark_written(written);
        Poll::Ready(Ok(result))
    }
}
