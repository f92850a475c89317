//! The stream behind `store.keys`: a page is read when the guest has taken the
//! last one whole, and the future tells how the stream ended.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use cloud_contract::ErrorKind;
use cloud_contract::keyvalue::{KeyStream, Store};
use futures::stream;
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, StreamProducer, StreamResult, VecBuffer};

use super::wit::types::errors::Error;
use crate::State;
use crate::budget::Held;

type End = Result<(), Error>;

/// The two halves of a stream of keys. It holds the prefix all the time, and a
/// page at a time, on accounts of their own.
pub(super) fn produce(
    store: Arc<dyn Store>,
    prefix: String,
    [mut held, page]: [Held; 2],
) -> (
    KeyProducer,
    impl Future<Output = wasmtime::Result<End>> + Send + 'static,
) {
    let (ended, end) = oneshot::channel();
    let end = async move {
        // The producer goes without a word when the guest drops the stream.
        Ok(end
            .await
            .unwrap_or_else(|_| Err(cloud_contract::Error::from(ErrorKind::Cancelled).into())))
    };
    let pages = match held.take(prefix.len()) {
        Ok(()) => store.keys(prefix),
        Err(error) => Box::pin(stream::once(ready(Err(error)))),
    };
    (
        KeyProducer {
            pages,
            ended: Some(ended),
            page,
            _prefix: held,
        },
        end,
    )
}

pub(super) struct KeyProducer {
    pages: KeyStream,
    ended: Option<oneshot::Sender<End>>,
    page: Held,
    _prefix: Held,
}

impl KeyProducer {
    fn end(&mut self, end: End) -> StreamResult {
        if let Some(ended) = self.ended.take() {
            // Nobody listens when the guest dropped the future: nothing to tell.
            ended.send(end).ok();
        }
        StreamResult::Dropped
    }
}

impl StreamProducer<State> for KeyProducer {
    type Item = String;
    type Buffer = VecBuffer<String>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, State>,
        mut destination: Destination<'a, String, VecBuffer<String>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        // A guest that reads is one that waits for the provider.
        store.data_mut().called();
        if destination.remaining(&mut store) == Some(0) {
            // The guest asks only whether a read would wait: let it read.
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        Poll::Ready(Ok(match self.pages.as_mut().poll_next(context) {
            Poll::Ready(Some(Ok(keys))) => {
                // The guest has taken the page before.
                self.page.release();
                let bytes = keys.iter().map(|key| size_of::<String>() + key.len());
                match self.page.take(bytes.sum()) {
                    Err(error) => self.end(Err(error.into())),
                    Ok(()) if !keys.is_empty() => {
                        destination.set_buffer(keys.into());
                        StreamResult::Completed
                    }
                    Ok(()) if finish => StreamResult::Cancelled,
                    // Another page may be there at once, and be empty as well, and
                    // so for ever: between two of them others have their turn.
                    Ok(()) => {
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
            }
            Poll::Ready(Some(Err(error))) => self.end(Err(error.into())),
            Poll::Ready(None) => self.end(Ok(())),
            Poll::Pending if finish => StreamResult::Cancelled,
            Poll::Pending => return Poll::Pending,
        }))
    }
}
