//! The streams behind `store.keys` and `container.names`: a page is read when the guest
//! has taken the last one whole, and the future tells how the stream ended.

use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use cloud_contract::ErrorKind;
use cloud_contract::Result as ContractResult;
use futures::stream::{self, BoxStream};
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, StreamProducer, StreamResult, VecBuffer};

use super::wit::types::errors::Error;
use crate::State;
use crate::budget::Held;

type End = Result<(), Error>;

/// Pages of names.
type Pages = BoxStream<'static, ContractResult<Vec<String>>>;

/// The two halves of a stream of names that start with `prefix`. It holds the prefix all
/// the time, and a page at a time, on accounts of their own.
pub(super) fn produce(
    prefix: String,
    pages: impl FnOnce(String) -> Pages,
    [mut held, page]: [Held; 2],
) -> (
    NameProducer,
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
        Ok(()) => pages(prefix),
        Err(error) => Box::pin(stream::once(ready(Err(error)))),
    };
    (
        NameProducer {
            pages,
            ended: Some(ended),
            page,
            _prefix: held,
        },
        end,
    )
}

pub(super) struct NameProducer {
    pages: Pages,
    ended: Option<oneshot::Sender<End>>,
    page: Held,
    _prefix: Held,
}

impl NameProducer {
    fn end(&mut self, end: End) -> StreamResult {
        if let Some(ended) = self.ended.take() {
            // Nobody listens when the guest dropped the future: nothing to tell.
            ended.send(end).ok();
        }
        StreamResult::Dropped
    }
}

impl StreamProducer<State> for NameProducer {
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
            Poll::Ready(Some(Ok(names))) => {
                // The guest has taken the page before.
                self.page.release();
                let bytes = names.iter().map(|name| size_of::<String>() + name.len());
                match self.page.take(bytes.sum()) {
                    Err(error) => self.end(Err(error.into())),
                    Ok(()) if !names.is_empty() => {
                        destination.set_buffer(names.into());
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
