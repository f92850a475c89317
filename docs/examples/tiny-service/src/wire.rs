//! Messages: fields of bytes, each behind its length, all behind the number of
//! fields. A request is an operation and its arguments; an answer begins with `ok`,
//! `none` (no such key), `no-store` or `bad`.

use std::io;

use cloud_contract::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// More than any message of this provider takes.
const FIELDS_MAX: u32 = 1_000;
const FIELD_MAX: u32 = 1 << 20;

pub(crate) async fn send<W: AsyncWrite + Unpin>(
    stream: &mut W,
    fields: &[&[u8]],
) -> io::Result<()> {
    let mut message = Vec::new();
    let length = |length: usize| {
        u32::try_from(length).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))
    };
    message.extend(length(fields.len())?.to_be_bytes());
    for field in fields {
        message.extend(length(field.len())?.to_be_bytes());
        message.extend(*field);
    }
    stream.write_all(&message).await
}

pub(crate) async fn receive<R: AsyncRead + Unpin>(stream: &mut R) -> io::Result<Vec<Bytes>> {
    let too_large = || io::Error::from(io::ErrorKind::InvalidData);
    let count = stream.read_u32().await?;
    if count > FIELDS_MAX {
        return Err(too_large());
    }
    let mut fields = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let length = stream.read_u32().await?;
        if length > FIELD_MAX {
            return Err(too_large());
        }
        let mut field = vec![0; length as usize];
        stream.read_exact(&mut field).await?;
        fields.push(Bytes::from(field));
    }
    Ok(fields)
}
