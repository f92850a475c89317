//! What faults that write need: whole objects, read and written.

use bytes::{Bytes, BytesMut};
use cloud_contract::blobstore::{Body, Driver, Expected, Info, Metadata, PutOptions, Range};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};

/// An error without a case of its own.
pub(super) fn other(text: &'static str) -> Error {
    ErrorKind::Other(text.into()).into()
}

/// Whether a call failed with this error.
pub(super) fn failed<T>(ended: &Result<T>, kind: &ErrorKind) -> bool {
    ended.as_ref().is_err_and(|error| error.kind() == kind)
}

/// A body of these bytes.
pub(super) fn body(bytes: Bytes) -> Body {
    Box::pin(stream::iter([Ok(bytes)]))
}

/// What a guest wrote, its error as the last piece, to be passed on as one.
pub(super) async fn collected(body: Body) -> (usize, Body) {
    let pieces: Vec<Result<Bytes>> = body.collect().await;
    let size = pieces.iter().flatten().map(Bytes::len).sum();
    (size, Box::pin(stream::iter(pieces)))
}

/// An object with all that belongs to it.
pub(super) struct State {
    pub(super) bytes: Bytes,
    pub(super) info: Info,
}

/// The present state of an object.
pub(super) async fn state_of(to: &dyn Driver, name: &str) -> Result<Option<State>> {
    let Some(found) = to.get(name, Range::default(), None).await? else {
        return Ok(None);
    };
    let bytes: BytesMut = found
        .data
        .try_fold(BytesMut::new(), async |mut all, piece| {
            all.extend_from_slice(&piece);
            Ok(all)
        })
        .await?;
    Ok(Some(State {
        bytes: bytes.freeze(),
        info: found.info,
    }))
}

/// Writes an object, whatever is there.
pub(super) async fn write(
    to: &dyn Driver,
    name: &str,
    bytes: Bytes,
    content_type: String,
    metadata: Metadata,
) -> Result<Version> {
    let options = PutOptions {
        content_type,
        metadata,
        size: Some(bytes.len() as u64),
        expected: Expected::Any,
    };
    to.put(name, body(bytes), options).await
}

/// Whether an object is in a state.
pub(super) async fn is_in(to: &dyn Driver, name: &str, expected: &Expected) -> Result<bool> {
    let found = to.head(name).await?;
    Ok(match (expected, found) {
        (Expected::Any, _) | (Expected::Absent, None) => true,
        (Expected::Version(version), Some(info)) => info.version == *version,
        _ => false,
    })
}
