//! Reading an object: its bytes with all that is to be said of it, in one request; and taken
//! up again, of the same state, where the answer broke off. Where that request fails, or its
//! answer does not say all, a look at the object tells why, or what is to be asked for.

use std::sync::Arc;

use bucket_scopes::begun;
use bytes::Bytes;
use cloud_contract::blobstore::{Body, Content, Range};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::stream;
use reqwest::Response;

use super::Container;
use crate::error::{Verdict, stale, throttled, unexpected_reply};
use crate::link::{Reply, Request, Service, is_by_chance, pause};
use crate::object::{Object, STATE, generation};

/// How often an answer may break off without another byte.
const ATTEMPTS: u32 = 4;
/// How often an object may be overwritten between the look and the reading.
const CHANGES: u32 = 16;

impl Container {
    pub(super) async fn get_object(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let key = self.keys.key(name);
        let is_expected =
            |found: &Object| expected.is_none_or(|expected| found.version() == *expected);
        if let Some((found, answer)) = self.described(&key, range).await {
            if !is_expected(&found) {
                return Err(stale());
            }
            return self.open(&key, found, range, Some(answer)).await;
        }
        for _ in 0..CHANGES {
            let Some(found) = self.service.find(&key, None).await? else {
                return Ok(None);
            };
            if !is_expected(&found) {
                return Err(stale());
            }
            if let Some(content) = self.open(&key, found, range, None).await? {
                return Ok(Some(content));
            }
        }
        Err(throttled())
    }

    /// Asks for the bytes of whatever state there is, with all that is said of it; none
    /// where there are none, or not as they were asked for.
    async fn described(&self, key: &str, range: Range) -> Option<(Object, Response)> {
        let request = Request::get(self.service.described_bytes(key));
        let request = match (range.is_whole(), range.length) {
            (true, _) => request,
            (false, None) => request.field("range", format!("bytes={}-", range.offset)),
            // No range of the protocol is empty.
            (false, Some(0)) => return None,
            (false, Some(length)) => {
                let last = range.offset.saturating_add(length - 1);
                request.field("range", format!("bytes={}-{last}", range.offset))
            }
        };
        let answer = self.service.open(&request).await.ok()?;
        let found = Object::of_answer(key, answer.headers())?;
        (begins_at(&answer) == Some(range.offset)).then_some((found, answer))
    }

    pub(super) async fn get_state(
        &self,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        let Some(generation) = generation(version) else {
            return Ok(None);
        };
        let key = self.keys.key(name);
        match self.service.find(&key, Some(generation)).await? {
            Some(found) => self.open(&key, found, range, None).await,
            None => Ok(None),
        }
    }

    /// Begins to read a state, out of an answer with its bytes where there is one; none if
    /// it is there no more.
    async fn open(
        &self,
        key: &str,
        found: Object,
        range: Range,
        answer: Option<Response>,
    ) -> Result<Option<Content>> {
        let length = range.covers(found.size).ok_or(ErrorKind::OutOfRange)?;
        let mut reader = Reader {
            service: Arc::clone(&self.service),
            key: key.to_owned(),
            generation: found.generation,
            size: found.size,
            at: range.offset,
            end: range.offset + length,
            answer,
            failures: 0,
        };
        let info = found.info()?;
        if length > 0 && reader.answer.is_none() {
            match reader.take_up().await {
                Ok(answer) => reader.answer = Some(answer),
                Err(failure) if failure.verdict == Verdict::Absent => return Ok(None),
                Err(failure) => return Err(failure.into()),
            }
        }
        let data = begun(reader.read()).await;
        Ok(Some(Content { info, data }))
    }
}

/// The bytes from one place of a state to another.
struct Reader {
    service: Arc<Service>,
    key: String,
    generation: u64,
    size: u64,
    at: u64,
    end: u64,
    answer: Option<Response>,
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
                Some(answer) => answer.chunk().await,
                None => {
                    self.answer = Some(match self.take_up().await {
                        Ok(answer) => answer,
                        Err(failure) if failure.verdict == Verdict::Absent => {
                            return Err(ErrorKind::Expired.into());
                        }
                        Err(failure) => return Err(failure.into()),
                    });
                    continue;
                }
            };
            let Ok(Some(mut bytes)) = next else {
                self.answer = None;
                self.failures += 1;
                if self.failures == ATTEMPTS {
                    return Err(ErrorKind::Unavailable.into());
                }
                pause(self.failures).await;
                continue;
            };
            bytes.truncate(usize::try_from(self.end - self.at).unwrap_or(usize::MAX));
            if !bytes.is_empty() {
                self.at += bytes.len() as u64;
                self.failures = 0;
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// Asks for what is missing.
    async fn take_up(&self) -> Reply<Response> {
        let request = Request::get(self.service.path(&self.key))
            .with("alt", "media")
            .with("generation", self.generation);
        let is_whole = self.at == 0 && self.end == self.size;
        let request = if is_whole {
            request
        } else {
            request.field("range", format!("bytes={}-{}", self.at, self.end - 1))
        };
        let mut number = 0;
        let answer = loop {
            number += 1;
            match self.service.open(&request).await {
                Err(failure) if number < ATTEMPTS && is_by_chance(&failure) => pause(number).await,
                ended => break ended?,
            }
        };
        // What does not say whose it is, is of the state that was asked for.
        let is_other =
            header(&answer, STATE).is_some_and(|state| state.parse() != Ok(self.generation));
        if begins_at(&answer) == Some(self.at) && !is_other {
            Ok(answer)
        } else {
            Err(unexpected_reply().into())
        }
    }
}

/// Where the bytes of an answer begin.
fn begins_at(answer: &Response) -> Option<u64> {
    header(answer, "content-range").map_or(Some(0), begin)
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// Where the bytes of an answer begin, by its `Content-Range`: `bytes 1-2/3`.
fn begin(text: &str) -> Option<u64> {
    let (first, _) = text.strip_prefix("bytes ")?.split_once('-')?;
    first.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_where_it_begins() {
        assert_eq!(begin("bytes 5-7/9"), Some(5));
        for odd in ["bytes */9", "5-7/9", ""] {
            assert_eq!(begin(odd), None);
        }
    }
}
