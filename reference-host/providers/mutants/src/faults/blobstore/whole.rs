//! Objects as a whole, for faults that look at all of their bytes.

use bytes::{Bytes, BytesMut};
use cloud_contract::blobstore::{Body, Content, Driver, Info, Range, Reading};
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, stream};

/// An error without a case of its own.
pub(super) fn other(text: &'static str) -> Error {
    ErrorKind::Other(text.into()).into()
}

/// All bytes of a body, in one piece.
pub(super) async fn collect(mut body: Body) -> Result<Bytes> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes.freeze())
}

/// A body of these bytes.
pub(super) fn body(bytes: Bytes) -> Body {
    Box::pin(stream::iter((!bytes.is_empty()).then_some(Ok(bytes))))
}

/// A state of an object.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    pub(super) info: Info,
    pub(super) bytes: Bytes,
}

impl Whole {
    /// The state that an object has; none if it is absent.
    pub(super) async fn of(driver: &dyn Driver, name: &str) -> Result<Option<Self>> {
        let Some(Content { info, data }) = driver.get(name, Range::default(), None).await? else {
            return Ok(None);
        };
        let bytes = collect(data).await?;
        Ok(Some(Self { info, bytes }))
    }

    /// What a guest reads of it.
    pub(super) fn reading(&self, range: Range) -> Result<Reading> {
        let length = range.covers(self.info.size).ok_or(ErrorKind::OutOfRange)?;
        // Both are within the bytes.
        let (begin, end) = (range.offset as usize, (range.offset + length) as usize);
        Ok(Reading {
            info: self.info.clone(),
            data: body(self.bytes.slice(begin..end)),
            length,
        })
    }
}
