//! Reading that begins before somebody reads.

use cloud_contract::blobstore::Body;
use futures::StreamExt as _;

/// Asks for the first bytes of a body at once. The client of a service does not read on
/// until it is asked: by the time the guest asks, its connection would have gone to sleep,
/// and to wake it takes as long as to read a small object.
pub async fn begun(body: Body) -> Body {
    let mut body = Box::pin(body.peekable());
    // Whatever came stays in front.
    let _ = futures::poll!(body.as_mut().peek());
    body
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use cloud_contract::{Bytes, ErrorKind};
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn the_first_bytes_are_asked_for_and_no_more() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let piece = move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(Bytes::from("piece"))
        };
        let _body = begun(Box::pin(stream::iter(0..3).map(piece))).await;
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_came_first_is_read_first() {
        let pieces = ["first", "second"].map(|piece| Ok(Bytes::from(piece)));
        let lost = stream::iter([Err(ErrorKind::Unavailable.into())]);
        let body = stream::iter(pieces).chain(lost);
        let read: Vec<_> = begun(Box::pin(body)).await.collect().await;
        assert_eq!(read[0].as_ref().unwrap(), "first");
        assert_eq!(read[1].as_ref().unwrap(), "second");
        assert!(read[2].is_err());
        let mut nothing_yet = begun(Box::pin(stream::pending())).await;
        assert!(futures::poll!(nothing_yet.next()).is_pending());
    }
}
