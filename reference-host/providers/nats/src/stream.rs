//! One stream of the service: what it was last known to be, its last messages, and new
//! ones. What the messages mean is up to those who share it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_nats::header::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use async_nats::{Message as Reply, StatusCode};
use bytes::Bytes;
use cloud_contract::{ClockSample, Result, ServiceClock};

use crate::api::{Ack, Answer as _, AskLast, Message, StreamInfo, body};
use crate::closing::Closing;
use crate::descriptor::WIDTH_MAX;
use crate::error::{Failure, unexpected_reply};
use crate::link::{Link, Live};
use crate::stored::{Stored, nanoseconds};
use crate::subjects::Answers;

/// The sequence that the last message of the subject must have, 0 for none.
pub(crate) const EXPECTED_SEQUENCE: &str = "Nats-Expected-Last-Subject-Sequence";
/// After this long the server removes the message.
pub(crate) const SERVER_TTL: &str = "Nats-TTL";

/// How long to wait where the servers of a cluster still agree on another write.
pub(crate) const NOT_READY_PAUSE: Duration = Duration::from_millis(5);
/// After this long the server is asked for its time anew.
const READING_AGE_MAX: Duration = Duration::from_secs(30);

/// A stream, as those who use it share it.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) name: String,
    /// Whether it has one copy, and may be asked directly.
    direct: AtomicBool,
    pub(crate) answers: Answers,
    clock: ServiceClock,
    pub(crate) closing: Arc<Closing>,
}

impl Stream {
    /// A stream as the service describes it.
    pub(crate) fn new(name: String, info: &StreamInfo, closing: Arc<Closing>) -> Self {
        Self {
            name,
            direct: AtomicBool::new(is_direct(info)),
            answers: Answers::default(),
            clock: ServiceClock::new(WIDTH_MAX, READING_AGE_MAX),
            closing,
        }
    }

    /// Learns what an answer tells besides what was asked.
    pub(crate) fn observe<S>(&self, info: &StreamInfo<S>, asked: Instant) -> Result<()> {
        self.direct.store(is_direct(info), Ordering::Release);
        self.answers.observe(info, asked);
        if let Some(server) = &info.ts {
            self.clock.learn(ClockSample {
                sent: asked,
                received: Instant::now(),
                told: i64::try_from(nanoseconds(server)?).map_err(|_| unexpected_reply())?,
                resolution: Duration::ZERO,
            });
        }
        Ok(())
    }

    pub(crate) fn is_direct(&self) -> bool {
        self.direct.load(Ordering::Acquire)
    }

    /// Refuses what comes after the scope was closed.
    pub(crate) fn check_open(&self) -> Result<()> {
        self.closing.check()
    }

    /// Asks the service to describe the stream.
    pub(crate) async fn ask(
        &self,
        link: &Link,
        live: &Live,
        question: Bytes,
    ) -> Result<StreamInfo> {
        let asked = Instant::now();
        let subject = format!("{}.STREAM.INFO.{}", link.config.api, self.name);
        let info: StreamInfo = live.ask(subject, question).await?;
        self.observe(&info, asked)?;
        Ok(info)
    }

    /// What the server's clock has passed by now, in nanoseconds since 1970.
    pub(crate) async fn now(&self, link: &Link, live: &Live) -> Result<u64> {
        if self.clock.needs_sample() {
            self.ask(link, live, Bytes::new()).await?;
        }
        // Before the first answer it is less than any time.
        u64::try_from(self.clock.passed()).map_err(|_| unexpected_reply())
    }

    /// The last message of a subject.
    pub(crate) async fn last(
        &self,
        link: &Link,
        live: &Live,
        subject: &str,
    ) -> Result<Option<Stored>> {
        if self.is_direct() {
            match self.last_direct(link, live, subject).await {
                // Direct get may have been turned off since, or the stream be gone.
                Err(Failure::NobodyListens) => {
                    self.ask(link, live, Bytes::new()).await?;
                    if self.is_direct() {
                        return Err(Failure::NobodyListens.into());
                    }
                }
                result => return Ok(result?),
            }
        }
        Ok(self.last_of_leader(link, live, subject).await?)
    }

    async fn last_direct(
        &self,
        link: &Link,
        live: &Live,
        subject: &str,
    ) -> Result<Option<Stored>, Failure> {
        let question = format!("{}.DIRECT.GET.{}.{subject}", link.config.api, self.name);
        let reply: Reply = live.request(question, None, Bytes::new()).await?;
        match reply.status {
            None | Some(StatusCode::OK) => Ok(Some(Stored::direct(reply)?)),
            Some(StatusCode::NOT_FOUND) => Ok(None),
            Some(_) => Err(Failure::Failed(unexpected_reply())),
        }
    }

    async fn last_of_leader(
        &self,
        link: &Link,
        live: &Live,
        subject: &str,
    ) -> Result<Option<Stored>, Failure> {
        let question = body(&AskLast {
            last_by_subj: subject,
        })?;
        let asked = format!("{}.STREAM.MSG.GET.{}", link.config.api, self.name);
        let found: Message = match live.ask(asked, question).await {
            Err(Failure::NoMessage) => return Ok(None),
            other => other?,
        };
        let message = found.message.ok_or_else(unexpected_reply)?;
        let message = StreamMessage::try_from(message).map_err(|_| unexpected_reply())?;
        Ok(Some(Stored::of_leader(message)?))
    }

    /// Writes a message and returns its sequence.
    pub(crate) async fn publish(
        &self,
        link: &Link,
        live: &Live,
        subject: &str,
        headers: Option<HeaderMap>,
        payload: Bytes,
    ) -> Result<u64, Failure> {
        loop {
            let sent = live.request(subject.to_owned(), headers.clone(), payload.clone());
            let answer = match sent.await {
                Ok(reply) => Ack::read(&reply.payload),
                Err(failure) => Err(failure),
            };
            match answer {
                Ok(ack) if ack.seq > 0 => return Ok(ack.seq),
                Ok(_) => return Err(Failure::Failed(unexpected_reply())),
                // Nothing was written, so the same may be tried again.
                Err(Failure::NotReady) => tokio::time::sleep(NOT_READY_PAUSE).await,
                Err(Failure::NobodyListens) => return Err(self.unheard(link, live).await),
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Why nobody listens: the stream is gone, or nobody leads it.
    pub(crate) async fn unheard(&self, link: &Link, live: &Live) -> Failure {
        match self.ask(link, live, Bytes::new()).await {
            Ok(_) => Failure::NobodyListens,
            Err(error) => Failure::Refused(error),
        }
    }
}

fn is_direct<S>(info: &StreamInfo<S>) -> bool {
    info.config.allow_direct && info.config.num_replicas <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stream_with_one_copy_is_asked_directly() {
        for (replicas, direct, expected) in [(1, true, true), (3, true, false), (1, false, false)] {
            let json = format!(
                r#"{{"created":"2026-11-22T05:02:30Z",
                    "config":{{"num_replicas":{replicas},"allow_direct":{direct}}}}}"#
            );
            let info = StreamInfo::read(json.as_bytes()).unwrap();
            let stream = Stream::new("KV_b".to_owned(), &info, Arc::default());
            assert_eq!(stream.is_direct(), expected);
        }
    }
}
