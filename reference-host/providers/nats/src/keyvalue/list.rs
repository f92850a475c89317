//! Lists: names first, then who of them is present, and the page out of both.
//!
//! One answer of the stream names every subject that there is at a moment, deleted
//! and ended keys included. For a small page its keys are looked at one by one. For
//! others a consumer reads all headers in the order of sequence numbers. A key that is
//! written again meanwhile moves behind the place that the consumer has reached, and
//! would be missed by it alone; here it is known by its name, and looked at by itself.

use async_nats::{Message, StatusCode, Subscriber};
use bytes::Bytes;
use cloud_contract::keyvalue::{KeyPage, ListRequest};
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::record::Marks;
use super::{ITEMS_AT_ONCE, Store};
use crate::api::{Consumer, NewConsumer, StreamState, body};
use crate::error::{Failure, unexpected_reply};
use crate::link::{Live, lost};
use crate::names;

/// How many headers are asked for at a time.
const HEADERS_AT_ONCE: usize = 8_192;
/// A page whose messages have no more bytes than this, by the average of the bucket,
/// is small.
const SMALL_BYTES: u64 = 64 * 1024;

/// A key of which the name is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// No message of it was read.
    Not,
    Present,
    /// Deleted or ended.
    Absent,
}

/// The keys of a moment, sorted.
struct Snapshot {
    keys: Vec<(String, Seen)>,
    /// None of their messages had passed this sequence.
    last_sequence: u64,
    /// The average message.
    message_bytes: u64,
}

impl Snapshot {
    fn find(&mut self, subject: &str, skipped: usize) -> Option<&mut Seen> {
        let key = names::key(subject.get(skipped..)?)?;
        let place = self.keys.binary_search_by(|(other, _)| other.cmp(&key));
        Some(&mut self.keys[place.ok()?].1)
    }

    fn is_small(&self, keys: usize) -> bool {
        let bytes = self.message_bytes.saturating_mul(keys as u64);
        keys <= ITEMS_AT_ONCE && bytes <= SMALL_BYTES
    }
}

impl Store {
    pub(super) async fn list_on(&self, live: &Live, request: ListRequest<'_>) -> Result<KeyPage> {
        let mut filter = self.bucket.subjects.clone();
        names::push_filter(&mut filter, request.prefix);
        let mut snapshot = self.snapshot(live, &filter, &request).await?;
        let window = snapshot.keys.len().min(request.limit + 1);
        let mut one_by_one = snapshot.is_small(window);
        if !one_by_one {
            self.read_headers(live, &filter, &mut snapshot).await?;
        }

        let mut keys: Vec<String> = Vec::with_capacity(window);
        let mut place = 0;
        while keys.len() <= request.limit && place < snapshot.keys.len() {
            let wanted = request.limit + 1 - keys.len();
            let until = (place + wanted).min(snapshot.keys.len());
            let present = self.present(live, &snapshot.keys[place..until]);
            keys.extend(present.await?);
            place = until;
            if one_by_one && place < snapshot.keys.len() && keys.len() <= request.limit {
                // Some are absent: look at the others together.
                self.read_headers(live, &filter, &mut snapshot).await?;
                one_by_one = false;
            }
        }
        let has_more = keys.len() > request.limit;
        keys.truncate(request.limit);
        let next = keys.last().filter(|_| has_more);
        Ok(KeyPage {
            next: next.map(|key| key.as_bytes().to_vec()),
            keys,
        })
    }

    /// Those of the keys that are present, in their order.
    async fn present(&self, live: &Live, keys: &[(String, Seen)]) -> Result<Vec<String>> {
        let checked = stream::iter(0..keys.len())
            .map(|place| async move {
                let (key, seen) = &keys[place];
                let is_present = match seen {
                    Seen::Not => self.get_on(live, key).await?.is_some(),
                    Seen::Present => true,
                    Seen::Absent => false,
                };
                Ok::<_, Error>(is_present.then(|| key.clone()))
            })
            .buffered(ITEMS_AT_ONCE);
        checked
            .try_filter_map(|key| std::future::ready(Ok(key)))
            .try_collect()
            .await
    }

    async fn snapshot(
        &self,
        live: &Live,
        filter: &str,
        request: &ListRequest<'_>,
    ) -> Result<Snapshot> {
        let (subjects, state) = self
            .bucket
            .stream
            .subjects(&self.link, live, filter)
            .await?;
        let StreamState {
            last_seq,
            bytes,
            messages,
            ..
        } = state;
        let skipped = self.bucket.subjects.len();
        let mut keys: Vec<(String, Seen)> = subjects
            .iter()
            // What other clients wrote under names that no key of ours has is not ours.
            .filter_map(|subject| names::key(&subject[skipped..]))
            .filter(|key| {
                key.starts_with(request.prefix)
                    && request.after.is_none_or(|after| key.as_bytes() > after)
            })
            .map(|key| (key, Seen::Not))
            .collect();
        keys.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
        keys.dedup_by(|(one, _), (two, _)| one == two);
        Ok(Snapshot {
            keys,
            last_sequence: last_seq,
            message_bytes: bytes / messages.max(1),
        })
    }

    /// Notes what the headers of all messages say.
    async fn read_headers(&self, live: &Live, filter: &str, snapshot: &mut Snapshot) -> Result<()> {
        let (api, stream) = (&self.link.config.api, &self.bucket.stream.name);
        let inbox = live.client.new_inbox();
        let subscribed = live.client.subscribe(inbox.clone()).await;
        let mut headers = subscribed.map_err(lost)?;
        let question = body(&NewConsumer::new(stream, filter))?;
        let asked = format!("{api}.CONSUMER.CREATE.{stream}");
        let consumer: Consumer = live.ask(asked, question).await?;
        let name = consumer.name;
        let next = format!("{api}.CONSUMER.MSG.NEXT.{stream}.{name}");
        let mut is_last = consumer.num_pending == 0;
        while !is_last {
            let batch = Bytes::from(format!(r#"{{"batch":{HEADERS_AT_ONCE},"no_wait":true}}"#));
            let request = live
                .client
                .publish_with_reply(next.clone(), inbox.clone(), batch);
            request.await.map_err(lost)?;
            let batch = self.read_batch(live, &mut headers, snapshot);
            is_last = live.permitted(&next, batch).await?;
        }
        // Nobody waits for the answer. If it does not arrive, the consumer ends by itself.
        let forget = format!("{api}.CONSUMER.DELETE.{stream}.{name}");
        let forgotten = live.client.publish(forget, Bytes::new()).await;
        forgotten.map_err(lost)
    }

    /// Reads what one request brings; whether all of the snapshot was passed.
    async fn read_batch(
        &self,
        live: &Live,
        headers: &mut Subscriber,
        snapshot: &mut Snapshot,
    ) -> Result<bool, Failure> {
        for _ in 0..HEADERS_AT_ONCE {
            let received = headers.next().await;
            let message = received.ok_or_else(|| Error::from(ErrorKind::Unavailable))?;
            match message.status {
                None | Some(StatusCode::OK) => {}
                // There is nothing more.
                Some(StatusCode::NOT_FOUND | StatusCode::TIMEOUT) => return Ok(true),
                Some(StatusCode::NO_RESPONDERS) => return Err(Failure::NobodyListens),
                Some(_) => return Err(Failure::Failed(unexpected_reply())),
            }
            if self.mark(live, &message, snapshot).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Notes what the headers of a message say, and whether all of the snapshot was
    /// passed.
    async fn mark(&self, live: &Live, message: &Message, snapshot: &mut Snapshot) -> Result<bool> {
        let place = message.reply.as_deref().and_then(Place::read);
        let place = place.ok_or_else(unexpected_reply)?;
        let last_sequence = snapshot.last_sequence;
        if let Some(seen) = snapshot.find(&message.subject, self.bucket.subjects.len()) {
            let marks = Marks::read(message.headers.as_ref())?;
            let has_ended = match marks.end(|| Ok(place.stamp))? {
                Some(end) if !marks.deleted => {
                    end <= self.bucket.stream.now(&self.link, live).await?
                }
                _ => false,
            };
            *seen = if marks.deleted || has_ended {
                Seen::Absent
            } else {
                Seen::Present
            };
        }
        Ok(place.pending == 0 || place.sequence >= last_sequence)
    }
}

/// Where a message stood, as its reply subject says:
/// `$JS.ACK.[DOMAIN.ACCOUNT.]STREAM.CONSUMER.DELIVERED.SEQUENCE.NUMBER.STAMP.PENDING[.TOKEN]`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    sequence: u64,
    /// Nanoseconds since 1970.
    stamp: u64,
    pending: u64,
}

impl Place {
    fn read(reply: &str) -> Option<Self> {
        let tokens: Vec<&str> = reply.strip_prefix("$JS.ACK.")?.split('.').collect();
        let first = match tokens.len() {
            7 => 3,
            9.. => 5,
            _ => return None,
        };
        let number = |place: usize| tokens.get(place)?.parse().ok();
        Some(Self {
            sequence: number(first)?,
            stamp: number(first + 2)?,
            pending: number(first + 3)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_place_are_read() {
        let place = Place {
            sequence: 1003,
            stamp: 1_795_323_752_703_467_874,
            pending: 9999,
        };
        let short = "$JS.ACK.KV_s0.QWFM2PzH.1.1003.1.1795323752703467874.9999";
        assert_eq!(Place::read(short).as_ref(), Some(&place));
        let long = "$JS.ACK._.acc.KV_s0.QWFM2PzH.1.1003.1.1795323752703467874.9999.tok";
        assert_eq!(Place::read(long).as_ref(), Some(&place));
        for wrong in ["", "$JS.ACK.a.b", "$JS.ACK.a.b.1.x.1.1.1"] {
            assert_eq!(Place::read(wrong), None);
        }
    }
}
