//! The bytes of one write on their way into the bucket: they become those of an object,
//! or they are let go, however the write ends.
//!
//! Messages are sent in their order over one connection, several before the first is
//! acknowledged. Who gives up waits for what was sent before he has it removed: the
//! service may take a removal before messages that came earlier.
//!
//! A container can go and come again meanwhile, and its stream with it. So the mark comes
//! first: what comes behind it is in the same stream as long as that has the mark.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::{HeaderMap, StatusCode, Subject, Subscriber};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use cloud_contract::{ErrorKind, Result};
use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};

use super::bucket::Bucket;
use super::residue::{SETTLED, behind, gone};
use super::{CHUNK_BYTES, CHUNKS_AT_ONCE};
use crate::api::{Ack, Answer as _};
use crate::error::{Failure, unexpected_reply};
use crate::link::{Heard, Live, lost};
use crate::stored::PLACE;
use crate::stream::EXPECTED_SEQUENCE;

/// How long what was sent may take to be acknowledged when nobody needs it any more.
const GRACE: Duration = Duration::from_secs(5);
/// Room for the header of a message, which counts as payload.
const HEADER_BYTES: usize = 64;
/// How long a guest may pause. Others take bytes for abandoned after twice as long.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(12 * 60 * 60);

pub(super) struct Upload {
    pub(super) bucket: Arc<Bucket>,
    pub(super) live: Arc<Live>,
    pub(super) nuid: String,
    pub(super) chunk_bytes: usize,
    pub(super) size: u64,
    pub(super) chunks: u64,
    /// Whether a message says that the bytes are being written.
    pub(super) is_marked: bool,
    /// The first bytes, until it is known whether there are more.
    held: Option<Bytes>,
    name: String,
    digest: Sha256,
    sent: Option<Sent>,
    touched: Instant,
    is_kept: bool,
}

/// Messages that were sent.
struct Sent {
    subscriber: Subscriber,
    inbox: Subject,
    /// Where they went, all but one.
    subject: String,
    /// What the server had said of rights before.
    heard: Heard,
    /// How many of them are not acknowledged yet.
    open: usize,
    /// The sequence of the last that is.
    last: u64,
}

impl Upload {
    pub(super) fn new(bucket: &Arc<Bucket>, live: Arc<Live>, name: &str) -> Self {
        Self {
            nuid: live.unique(),
            chunk_bytes: live
                .client
                .max_payload()
                .saturating_sub(HEADER_BYTES)
                .clamp(1, CHUNK_BYTES),
            bucket: Arc::clone(bucket),
            live,
            size: 0,
            chunks: 0,
            is_marked: false,
            held: None,
            name: name.to_owned(),
            digest: Sha256::new(),
            sent: None,
            touched: Instant::now(),
            is_kept: false,
        }
    }

    /// Takes the next bytes, and sends all but the first: those wait for others.
    pub(super) async fn send(&mut self, chunk: Bytes) -> Result<()> {
        self.check()?;
        if let Some(first) = self.held.take() {
            // It can take long, and more is left if this host ends.
            self.is_marked = true;
            let mark = self.bucket.mark(&self.nuid);
            let name = Bytes::from(self.name.clone());
            self.publish(mark, HeaderMap::new(), name).await?;
            self.send_next(first).await?;
        } else if self.chunks == 0 {
            self.held = Some(chunk);
            return Ok(());
        }
        self.send_next(chunk).await
    }

    async fn send_next(&mut self, chunk: Bytes) -> Result<()> {
        self.digest.update(&chunk);
        self.size += chunk.len() as u64;
        let mut place = HeaderMap::new();
        place.insert(PLACE, self.chunks.to_string());
        self.chunks += 1;
        let subject = self.bucket.chunks(&self.nuid);
        self.publish(subject, place, chunk).await?;
        self.touched = Instant::now();
        Ok(())
    }

    /// Sends what is left, and waits until all of it is acknowledged.
    pub(super) async fn finish(&mut self) -> Result<()> {
        self.check()?;
        if let Some(only) = self.held.take() {
            self.send_next(only).await?;
        }
        while let Some(sent) = self.sent.as_mut().filter(|sent| sent.open > 0) {
            sent.acknowledged(&self.bucket, &self.live).await?;
        }
        Ok(())
    }

    /// Whether the stream still has what was sent. Asked behind another message, it tells
    /// what was there when that one was taken: it is a message that the stream takes
    /// only where its subject has none.
    pub(super) async fn is_there(&self) -> bool {
        if self.chunks == 0 {
            return true;
        }
        let subject = if self.is_marked {
            self.bucket.mark(&self.nuid)
        } else {
            self.bucket.chunks(&self.nuid)
        };
        let mut headers = HeaderMap::new();
        headers.insert(EXPECTED_SEQUENCE, "0");
        let Bucket { link, stream, .. } = &*self.bucket;
        let question = stream.publish(link, &self.live, &subject, Some(headers), Bytes::new());
        // Without an answer the other message has hardly one either.
        question.await.is_err()
    }

    /// The digest of what was sent, as other clients compare it.
    pub(super) fn digest(&self) -> String {
        let digest = self.digest.clone().finalize();
        format!("SHA-256={}", URL_SAFE.encode(digest))
    }

    /// The bytes are those of an object, or somebody else sees to them.
    pub(super) fn keep(&mut self) {
        self.is_kept = true;
    }

    /// Bytes that were left alone for long may have been removed.
    fn check(&self) -> Result<()> {
        if self.chunks > 0 && self.touched.elapsed() > LONGEST_PAUSE {
            return Err(ErrorKind::Timeout.into());
        }
        self.bucket.stream.check_open()
    }

    async fn publish(&mut self, subject: String, headers: HeaderMap, payload: Bytes) -> Result<()> {
        let client = &self.live.client;
        if self.sent.is_none() {
            let inbox = Subject::from(client.new_inbox());
            self.sent = Some(Sent {
                subscriber: client.subscribe(inbox.clone()).await.map_err(lost)?,
                inbox,
                subject: self.bucket.chunks(&self.nuid),
                heard: self.live.heard(),
                open: 0,
                last: 0,
            });
        }
        let Some(sent) = &mut self.sent else {
            return Err(unexpected_reply());
        };
        while sent.open >= CHUNKS_AT_ONCE {
            sent.acknowledged(&self.bucket, &self.live).await?;
        }
        // Before it is sent, not after: the caller may be dropped in between.
        sent.open += 1;
        let inbox = sent.inbox.clone();
        let published = client.publish_with_reply_and_headers(subject, inbox, headers, payload);
        published.await.map_err(lost)
    }
}

impl Sent {
    /// Waits for the next acknowledgement. They come in the order of the messages.
    async fn acknowledged(&mut self, bucket: &Bucket, live: &Live) -> Result<()> {
        let next = async {
            let message = self.subscriber.next().await;
            message.ok_or_else(|| Failure::Failed(ErrorKind::Unavailable.into()))
        };
        let message = live.permitted(self.heard, &self.subject, next).await?;
        self.open -= 1;
        if message.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(bucket.stream.unheard(&bucket.link, live).await.into());
        }
        let ack = Ack::read(&message.payload)?;
        if ack.seq <= self.last {
            return Err(unexpected_reply());
        }
        self.last = ack.seq;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(mut sent) = self.sent.take().filter(|_| !self.is_kept) else {
            return;
        };
        let (bucket, live) = (Arc::clone(&self.bucket), Arc::clone(&self.live));
        let (nuid, is_marked) = (std::mem::take(&mut self.nuid), self.is_marked);
        behind(async move {
            let answered = async {
                while sent.open > 0 {
                    let Some(message) = sent.subscriber.next().await else {
                        return false;
                    };
                    drop(message);
                    sent.open -= 1;
                }
                true
            };
            let answered = tokio::time::timeout(GRACE, answered).await == Ok(true);
            drop((sent, live));
            gone(&bucket, &nuid, is_marked).await;
            if !answered {
                tokio::time::sleep(SETTLED).await;
                gone(&bucket, &nuid, is_marked).await;
            }
        });
    }
}
