//! Where the messages of an object come in that a reader asked for.
//!
//! A guest reads when it likes: a reader that is left alone with an answer under way says
//! nothing of the connection, unless the answer has not come.

use std::sync::Arc;
use std::time::Instant;

use async_nats::{StatusCode, Subject, Subscriber};
use cloud_contract::{ErrorKind, Result};
use futures::{FutureExt as _, StreamExt as _};
use tokio::task::unconstrained;

use super::bucket::Bucket;
use super::survey::END_OF_BATCH;
use crate::api::{AskNext, body};
use crate::error::{Failure, unexpected_reply};
use crate::link::{Heard, Live, lost};
use crate::stored::Stored;

/// An inbox of one connection.
pub(super) struct Wire {
    live: Arc<Live>,
    subscriber: Subscriber,
    inbox: Subject,
    /// What the server had said of rights before it was asked.
    heard: Heard,
    /// The answer that has not come to its end; none between two.
    under_way: Option<UnderWay>,
}

/// An answer of several messages.
#[derive(Clone, Copy)]
struct UnderWay {
    /// How many of them have come.
    came: usize,
    /// When the last of them was taken, or when it was asked for.
    since: Instant,
}

impl UnderWay {
    fn after(came: usize) -> Option<Self> {
        Some(Self {
            came,
            since: Instant::now(),
        })
    }
}

impl Wire {
    pub(super) async fn new(live: Arc<Live>) -> Result<Self> {
        let inbox = Subject::from(live.client.new_inbox());
        let subscriber = live.client.subscribe(inbox.clone()).await.map_err(lost)?;
        Ok(Self {
            heard: live.heard(),
            live,
            subscriber,
            inbox,
            under_way: None,
        })
    }

    /// The next message of a subject. Between two answers so many are asked for, from
    /// this sequence on. None if there is no other.
    pub(super) async fn message(
        &mut self,
        bucket: &Bucket,
        subject: &str,
        from: u64,
        at_once: usize,
    ) -> Result<Option<Stored>> {
        let Bucket { link, stream, .. } = bucket;
        let asked = format!("{}.DIRECT.GET.{}", link.config.api, stream.name);
        loop {
            let came = match self.under_way {
                Some(under_way) => under_way.came,
                None => {
                    let question = body(&AskNext {
                        seq: from,
                        batch: at_once,
                        next_by_subj: subject,
                    })?;
                    let client = &self.live.client;
                    let inbox = self.inbox.clone();
                    self.heard = self.live.heard();
                    let sent = client.publish_with_reply(asked.clone(), inbox, question);
                    sent.await.map_err(lost)?;
                    self.under_way = UnderWay::after(0);
                    0
                }
            };
            let received = async {
                let message = self.subscriber.next().await;
                message.ok_or_else(|| Failure::Failed(ErrorKind::Unavailable.into()))
            };
            let message = self
                .live
                .unless_denied(self.heard, &asked, received)
                .await?;
            match message.status {
                None | Some(StatusCode::OK) => {
                    self.under_way = UnderWay::after(came + 1);
                    return Stored::direct(message).map(Some);
                }
                Some(status) if status.as_u16() == END_OF_BATCH => {
                    self.under_way = None;
                    if came == 0 {
                        return Ok(None);
                    }
                }
                Some(StatusCode::NOT_FOUND) => {
                    self.under_way = None;
                    return Ok(None);
                }
                Some(StatusCode::NO_RESPONDERS) => {
                    let live = Arc::clone(&self.live);
                    return Err(stream.unheard(link, &live).await.into());
                }
                Some(_) => return Err(unexpected_reply()),
            }
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let Some(under_way) = self.under_way else {
            return;
        };
        // What is here was not taken: that is the guest's doing.
        let next = unconstrained(self.subscriber.next()).now_or_never();
        if next.is_none() {
            self.live.was_silent(under_way.since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobstore::bucket::tests::bucket_at;
    use provider_tests::blob::{bytes, container, put};
    use provider_tests::{Subject as Tested, scope};
    use std::time::Duration;

    /// A guest that pauses does not cost the others their connection; a service that is
    /// silent does.
    #[test]
    fn only_an_answer_that_has_not_come_tells_of_the_connection() {
        Tested::of(&crate::FACTORY).on_server(async |server| {
            let provider = server.provider().await;
            put(&container(&provider, "pause").await, "k", bytes(900_000, 1)).await;
            let (wire, endpoint) = server.wire().await;
            let settings = server.settings(&endpoint, &[("timeout-ms", "2000")]);
            let bucket = bucket_at(&settings, "OBJ_cw_pause_data");
            let live = bucket.live().await.unwrap();
            let found = bucket.find(&live, "k").await.unwrap();
            let chunks = bucket.chunks(&found.state.unwrap().nuid);
            for (is_silent, batch) in [(false, 2), (true, 2)] {
                let mut reader = Wire::new(Arc::clone(&live)).await.unwrap();
                let first = reader.message(&bucket, &chunks, 1, batch);
                assert!(first.await.unwrap().is_some());
                let second = reader.message(&bucket, &chunks, 1, batch);
                assert!(second.await.unwrap().is_some());
                assert!(is_silent || reader.message(&bucket, &chunks, 1, 2).await.is_ok());
                if is_silent {
                    wire.stall();
                    let more = reader.message(&bucket, &chunks, 1, batch);
                    let more = tokio::time::timeout(Duration::from_millis(50), more);
                    assert!(more.await.is_err());
                }
                tokio::time::sleep(Duration::from_millis(2_500)).await;
                drop(reader);
                wire.flow();
                let now = bucket.live().await.unwrap();
                assert_eq!(Arc::ptr_eq(&now, &live), !is_silent);
            }
            provider.close(&scope("pause", &[])).await.unwrap();
        });
    }
}
