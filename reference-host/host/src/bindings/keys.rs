//! The stream behind `store.keys`: a page is read when the guest has taken the
//! last one whole, and the future tells how the stream ended.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use cloud_contract::ErrorKind;
use cloud_contract::keyvalue::KeyStream;
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, StreamProducer, StreamResult, VecBuffer};

use super::wit::types::errors::Error;

type End = Result<(), Error>;

/// The two halves of a stream of keys.
pub(super) fn produce(
    pages: KeyStream,
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
    (
        KeyProducer {
            pages,
            ended: Some(ended),
        },
        end,
    )
}

pub(super) struct KeyProducer {
    pages: KeyStream,
    ended: Option<oneshot::Sender<End>>,
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

impl<D> StreamProducer<D> for KeyProducer {
    type Item = String;
    type Buffer = VecBuffer<String>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, String, VecBuffer<String>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        if destination.remaining(&mut store) == Some(0) {
            // The guest asks only whether a read would wait: let it read.
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        loop {
            return Poll::Ready(Ok(
                match futures::Stream::poll_next(self.pages.as_mut(), context) {
                    Poll::Ready(Some(Ok(keys))) if keys.is_empty() => continue,
                    Poll::Ready(Some(Ok(keys))) => {
                        destination.set_buffer(keys.into());
                        StreamResult::Completed
                    }
                    Poll::Ready(Some(Err(error))) => self.end(Err(error.into())),
                    Poll::Ready(None) => self.end(Ok(())),
                    Poll::Pending if finish => StreamResult::Cancelled,
                    Poll::Pending => return Poll::Pending,
                },
            ));
        }
    }
}
