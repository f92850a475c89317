//! A resumable upload that belongs to one write: it is completed, or ended, however the
//! write goes. The service says how much of it it has, so that what is missing can be sent
//! after a failure, and no more.

use std::sync::Arc;

use bytes::Bytes;
use cloud_contract::{Error, ErrorKind, Result};
use reqwest::Method;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::upload::{After, New};
use crate::error::{Failure, Verdict, unexpected_reply};
use crate::link::{Answer, Reply, Request, Service, is_by_chance, pause};
use crate::object::Object;
use bucket_scopes::{GIVEN_UP, OnItsWay, Registration};

/// How often a piece may fail to get on.
const ATTEMPTS: u32 = 4;
/// What the service says of a session that was ended.
const ENDED: u16 = 499;

/// An upload that is under way. Dropping it ends it.
pub(super) struct Session {
    service: Arc<Service>,
    /// Where pieces are sent.
    path: String,
    /// How many bytes were sent.
    at: u64,
    /// The piece that is being sent. It has to be over before the session can be ended.
    sending: Option<JoinHandle<Result<()>>>,
    /// Who closes the scope waits for this upload to be gone.
    on_its_way: Option<OnItsWay>,
    is_complete: bool,
}

impl Session {
    pub(super) async fn begin(
        service: &Arc<Service>,
        registration: &Registration,
        new: New,
    ) -> Result<Self> {
        let on_its_way = registration.begin()?;
        let service = Arc::clone(service);
        let begun = async move {
            let request = new
                .request(&service, "resumable")
                .field("x-upload-content-type", new.kind.content_type.clone())
                .json(&new.resource());
            let answer = service.write(&request).await?;
            let path = answer.header("location").and_then(path);
            let path = path.ok_or_else(unexpected_reply)?.to_owned();
            // A caller that is gone drops it.
            Ok(Self {
                service,
                path,
                at: 0,
                sending: None,
                on_its_way: Some(on_its_way),
                is_complete: false,
            })
        };
        registration.run(begun).await
    }

    /// Sends a piece that others follow.
    pub(super) async fn send(&mut self, bytes: Bytes) -> Result<()> {
        let (service, path, at) = (Arc::clone(&self.service), self.path.clone(), self.at);
        self.at += bytes.len() as u64;
        let sending = async move { send(&service, &path, at, bytes, None).await.map(drop) };
        let ended = self.sending.insert(tokio::spawn(sending)).await;
        self.sending = None;
        match ended {
            Ok(sent) => sent,
            Err(ended) => Err(Error::with_source(ErrorKind::Cancelled, ended)),
        }
    }

    /// Sends the last piece, which makes the object.
    pub(super) async fn complete(
        self,
        registration: &Registration,
        last: Bytes,
        after: After,
    ) -> Result<Object> {
        let completing = async move {
            // All of it: what fails, or is dropped, is ended.
            let mut session = self;
            let total = session.at + last.len() as u64;
            let Self {
                service, path, at, ..
            } = &session;
            let made = send(service, path, *at, last, Some(total)).await?;
            session.is_complete = true;
            after(made.ok_or_else(unexpected_reply)?).await
        };
        registration.run(completing).await
    }
}

/// Sends bytes of a session, the last ones with the size of all. Returns the object when
/// they were.
async fn send(
    service: &Service,
    path: &str,
    mut at: u64,
    mut bytes: Bytes,
    total: Option<u64>,
) -> Result<Option<Object>> {
    let end = at + bytes.len() as u64;
    let all = total.map_or("*".to_owned(), |total| total.to_string());
    let mut failures = 0;
    let mut sent = put(service, path, part(at, end, &all), bytes.clone()).await;
    loop {
        match sent {
            Ok(answer) if answer.is_to_be_resumed() => {
                let has = kept(&answer)?;
                if !(at..=end).contains(&has) {
                    return Err(unexpected_reply());
                }
                if has == end && total.is_none() {
                    return Ok(None);
                }
                if has == at {
                    failures += 1;
                }
                bytes = bytes.split_off(usize::try_from(has - at).unwrap_or(usize::MAX));
                at = has;
            }
            Ok(answer) if total.is_some() => return answer.json().map(Some),
            Ok(_) => return Err(unexpected_reply()),
            Err(failure) if is_by_chance(&failure) && failures + 1 < ATTEMPTS => {
                failures += 1;
                pause(failures).await;
                // How much it has of it, it may be all.
                sent = put(service, path, format!("bytes */{all}"), Bytes::new()).await;
                continue;
            }
            Err(failure) if failure.verdict == Verdict::Absent => {
                return Err(ErrorKind::Unavailable.into());
            }
            Err(failure) => return Err(failure.into()),
        }
        if failures == ATTEMPTS {
            return Err(ErrorKind::Unavailable.into());
        }
        sent = put(service, path, part(at, end, &all), bytes.clone()).await;
    }
}

async fn put(service: &Service, path: &str, range: String, bytes: Bytes) -> Reply<Answer> {
    let request = Request::new(Method::PUT, path.to_owned());
    let request = request.field("content-range", range);
    service.send(&request.bytes(bytes)).await
}

/// Which bytes are sent.
fn part(at: u64, end: u64, all: &str) -> String {
    if at == end {
        format!("bytes */{all}")
    } else {
        format!("bytes {at}-{}/{all}", end - 1)
    }
}

/// How many bytes the service has: `Range: bytes=0-9` for ten, nothing for none.
fn kept(answer: &Answer) -> Result<u64> {
    let Some(range) = answer.header("range") else {
        return Ok(0);
    };
    let last = range.strip_prefix("bytes=0-");
    let last: Option<u64> = last.and_then(|last| last.parse().ok());
    last.and_then(|last| last.checked_add(1))
        .ok_or_else(unexpected_reply)
}

/// Path and query of a URL. The rest is what every request has: credentials go nowhere
/// else.
fn path(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.find('/').and_then(|at| rest.get(at..))
}

/// Ends a session. May be repeated.
async fn end(service: &Service, path: &str) -> std::result::Result<(), Failure> {
    match service.send(&Request::delete(path.to_owned())).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.status == ENDED || failure.verdict == Verdict::Absent => Ok(()),
        Err(failure) => Err(failure),
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.is_complete {
            return;
        }
        // Without a runtime the host is about to end.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (service, path) = (Arc::clone(&self.service), std::mem::take(&mut self.path));
        let (sending, on_its_way) = (self.sending.take(), self.on_its_way.take());
        runtime.spawn(async move {
            if let Some(sending) = sending {
                let _ = sending.await;
            }
            let ended = async {
                let mut number = 1;
                while end(&service, &path).await.is_err() {
                    pause(number).await;
                    number += 1;
                }
            };
            // What is left then, the service lets go of within a week.
            let _ = tokio::time::timeout(GIVEN_UP, ended).await;
            drop(on_its_way);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_places_are_written_as_the_service_reads_them() {
        assert_eq!(part(0, 10, "*"), "bytes 0-9/*");
        assert_eq!(part(10, 13, "13"), "bytes 10-12/13");
        assert_eq!(part(13, 13, "13"), "bytes */13");
        assert_eq!(path("http://h:1/upload?a=b"), Some("/upload?a=b"));
        assert_eq!(path("/upload"), None);
    }
}
