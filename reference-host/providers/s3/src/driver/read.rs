//! Reading an object: one request, taken up again where its answer broke off, always of
//! the state that was found first.

use std::sync::Arc;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bucket_scopes::begun;
use bytes::Bytes;
use cloud_contract::blobstore::{Body, Content, Range};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::stream;

use super::Container;
use super::object::{Found, Told, size};
use crate::error::{is_without_place, kind, stale, translate, unexpected_reply};
use crate::link::{Service, pause, read};

/// How often an answer may break off without another byte.
const ATTEMPTS: u32 = 4;
/// The last place in an object that all servers can write down.
const LAST: u64 = i64::MAX as u64;

impl Container {
    pub(super) async fn get_object(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let key = self.keys.key(name);
        let asked = field(range);
        let request = || {
            let get = self.service.client.get_object();
            let get = get.bucket(&self.service.bucket).key(&key);
            get.set_range(asked.clone()).send()
        };
        let answer = match read(request).await {
            Ok(answer) => answer,
            Err(error) if kind(&error) == ErrorKind::NotFound && !is_without_place(&error) => {
                return Ok(None);
            }
            Err(error) => return Err(translate(error)),
        };
        let begins_at = answer.content_range().map_or(Some(0), begin);
        let Found { info, etag } = told(&answer)?.found()?;
        if expected.is_some_and(|expected| info.version != *expected) {
            return Err(stale());
        }
        let length = range.covers(info.size).ok_or(ErrorKind::OutOfRange)?;
        if length > 0 && begins_at != Some(range.offset) {
            return Err(unexpected_reply());
        }
        let reader = Reader {
            service: Arc::clone(&self.service),
            key,
            etag,
            at: range.offset,
            end: range.offset + length,
            answer: Some(answer.body),
            failures: 0,
        };
        let data = begun(reader.read()).await;
        Ok(Some(Content { info, data }))
    }
}

/// The header field of a range; none where all is to be read.
fn field(range: Range) -> Option<String> {
    let first = range.offset.min(LAST);
    match range.length {
        None if range.offset == 0 => None,
        None => Some(format!("bytes={first}-")),
        Some(length) => {
            let last = range.offset.saturating_add(length.saturating_sub(1));
            Some(format!("bytes={first}-{}", last.min(LAST)))
        }
    }
}

/// Where the bytes of an answer begin, by its `Content-Range`: `bytes 1-2/3`.
fn begin(text: &str) -> Option<u64> {
    let (first, _) = text.strip_prefix("bytes ")?.split_once('-')?;
    first.parse().ok()
}

fn told(answer: &GetObjectOutput) -> Result<Told<'_>> {
    let whole = answer
        .content_range()
        .and_then(|range| range.rsplit('/').next());
    let size = match whole {
        Some(whole) => whole.parse().map_err(|_| unexpected_reply())?,
        None => size(answer.content_length())?,
    };
    Ok(Told {
        size,
        etag: answer.e_tag(),
        modified: answer.last_modified(),
        content_type: answer.content_type(),
        fields: answer.metadata(),
    })
}

/// The bytes from one place of a state to another.
struct Reader {
    service: Arc<Service>,
    key: String,
    etag: String,
    at: u64,
    end: u64,
    answer: Option<ByteStream>,
    failures: u32,
}

impl Reader {
    fn read(self) -> Body {
        Box::pin(stream::unfold(Some(self), |reader| async {
            let mut reader = reader?;
            match reader.next().await.transpose()? {
                Ok(bytes) => Some((Ok(bytes), Some(reader))),
                Err(error) => Some((Err(error), None)),
            }
        }))
    }

    /// The next bytes; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        while self.at < self.end {
            let next = match &mut self.answer {
                Some(answer) => answer.next().await,
                None => {
                    self.answer = Some(self.take_up().await?);
                    continue;
                }
            };
            let Some(Ok(mut bytes)) = next else {
                self.answer = None;
                self.failures += 1;
                if self.failures == ATTEMPTS {
                    return Err(ErrorKind::Unavailable.into());
                }
                pause(self.failures).await;
                continue;
            };
            let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
            bytes.truncate(left);
            if !bytes.is_empty() {
                self.at += bytes.len() as u64;
                self.failures = 0;
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// Asks for what is missing.
    ///
    /// # Errors
    /// `expired` if that state is there no more.
    async fn take_up(&self) -> Result<ByteStream> {
        let range = format!("bytes={}-{}", self.at, self.end - 1);
        let request = || {
            let get = self.service.client.get_object();
            let get = get.bucket(&self.service.bucket).key(&self.key);
            get.range(&range).if_match(&self.etag).send()
        };
        match read(request).await {
            Ok(answer) if answer.content_range().and_then(begin) == Some(self.at) => {
                Ok(answer.body)
            }
            Ok(_) => Err(unexpected_reply()),
            Err(error) => Err(match kind(&error) {
                ErrorKind::PreconditionFailed | ErrorKind::NotFound | ErrorKind::OutOfRange => {
                    ErrorKind::Expired.into()
                }
                _ => translate(error),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_written_as_every_server_reads_them() {
        let range = |offset, length| field(Range { offset, length });
        assert_eq!(range(0, None), None);
        assert_eq!(range(1, None).unwrap(), "bytes=1-");
        assert_eq!(range(0, Some(1)).unwrap(), "bytes=0-0");
        assert_eq!(range(5, Some(3)).unwrap(), "bytes=5-7");
        let largest = format!("bytes=7-{}", i64::MAX);
        assert_eq!(range(7, Some(u64::MAX)).unwrap(), largest);
        let behind = format!("bytes={0}-{0}", i64::MAX);
        assert_eq!(range(u64::MAX, Some(1)).unwrap(), behind);
        assert_eq!(begin("bytes 5-7/9"), Some(5));
        assert_eq!(begin("bytes */9"), None);
    }
}
