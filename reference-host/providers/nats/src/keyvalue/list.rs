//! Lists: names first, then who of them is present, and the page out of both.
//!
//! The stream names every subject that there is at a moment, deleted and ended keys
//! included, and as many of the first are kept as there is room for. For a small page its
//! keys are looked at one by one. For others a consumer reads all headers in the order of
//! sequence numbers. A key that is written again meanwhile moves behind the place that the
//! consumer has reached, and would be missed by it alone; here it is known by its name, and
//! looked at by itself.

use cloud_contract::keyvalue::{KeyPage, ListRequest};
use cloud_contract::{Error, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::record::Marks;
use super::{ITEMS_AT_ONCE, Store};
use crate::link::Live;
use crate::names;
use crate::pass::{Look, Met, Pass};
use crate::window::Window;

/// How many headers are asked for at a time.
const HEADERS_AT_ONCE: usize = 1_024;
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

/// The first keys of a moment, sorted.
struct Snapshot {
    keys: Vec<(String, Seen)>,
    /// Whether there are no others behind them.
    is_whole: bool,
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
        let mut keys: Vec<String> = Vec::new();
        let mut after = request.after.map(<[u8]>::to_vec);
        loop {
            let behind = ListRequest {
                after: after.as_deref(),
                ..request
            };
            let snapshot = self.snapshot(live, &filter, &behind).await?;
            let last = snapshot.keys.last().map(|(key, _)| key.as_bytes().to_vec());
            let is_whole = snapshot.is_whole;
            self.fill(live, &filter, snapshot, request.limit, &mut keys)
                .await?;
            if is_whole || last.is_none() || keys.len() > request.limit {
                break;
            }
            // There is room in the page, but was none for more keys.
            after = last;
        }
        let has_more = keys.len() > request.limit;
        keys.truncate(request.limit);
        let next = keys.last().filter(|_| has_more);
        Ok(KeyPage {
            next: next.map(|key| key.as_bytes().to_vec()),
            keys,
        })
    }

    /// Adds those of the keys that are present, up to one more than the limit.
    async fn fill(
        &self,
        live: &Live,
        filter: &str,
        mut snapshot: Snapshot,
        limit: usize,
        keys: &mut Vec<String>,
    ) -> Result<()> {
        let window = snapshot.keys.len().min(limit + 1 - keys.len());
        let mut one_by_one = snapshot.is_small(window);
        if !one_by_one {
            self.read_headers(live, filter, &mut snapshot).await?;
        }
        let mut place = 0;
        while keys.len() <= limit && place < snapshot.keys.len() {
            let wanted = limit + 1 - keys.len();
            let until = (place + wanted).min(snapshot.keys.len());
            let present = self.present(live, &snapshot.keys[place..until]);
            keys.extend(present.await?);
            place = until;
            if one_by_one && place < snapshot.keys.len() && keys.len() <= limit {
                // Some are absent: look at the others together.
                self.read_headers(live, filter, &mut snapshot).await?;
                one_by_one = false;
            }
        }
        Ok(())
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
        let skipped = self.bucket.subjects.len();
        let mut window = Window::default();
        let take = |subject: &str| {
            // What other clients wrote under names that no key of ours has is not ours.
            let key = subject.get(skipped..).and_then(names::key);
            let key = key.filter(|key| {
                key.starts_with(request.prefix)
                    && request.after.is_none_or(|after| key.as_bytes() > after)
            });
            if let Some(key) = key {
                window.offer(key);
            }
        };
        let stream = &self.bucket.stream;
        let state = stream.each_subject(&self.link, live, filter, take).await?;
        let (keys, is_whole) = window.sorted();
        Ok(Snapshot {
            keys: keys.into_iter().map(|key| (key, Seen::Not)).collect(),
            is_whole,
            last_sequence: state.last_seq,
            message_bytes: state.bytes / state.messages.max(1),
        })
    }

    /// Notes what the headers of all messages say.
    async fn read_headers(&self, live: &Live, filter: &str, snapshot: &mut Snapshot) -> Result<()> {
        let look = Look {
            headers_only: true,
            at_once: HEADERS_AT_ONCE,
        };
        let stream = &self.bucket.stream;
        let mut pass = Pass::begin(stream, &self.link.config.api, live, filter, look).await?;
        while let Some(met) = pass.next().await? {
            self.mark(live, &met, snapshot).await?;
            if met.stored.sequence >= snapshot.last_sequence {
                break;
            }
        }
        pass.end().await
    }

    /// Notes what the headers of a message say.
    async fn mark(&self, live: &Live, met: &Met, snapshot: &mut Snapshot) -> Result<()> {
        let Some(seen) = snapshot.find(&met.subject, self.bucket.subjects.len()) else {
            return Ok(());
        };
        let marks = Marks::read(Some(&met.stored.headers))?;
        let has_ended = match marks.end(|| Ok(met.stored.stamp))? {
            Some(end) if !marks.deleted => end <= self.bucket.stream.now(&self.link, live).await?,
            _ => false,
        };
        *seen = if marks.deleted || has_ended {
            Seen::Absent
        } else {
            Seen::Present
        };
        Ok(())
    }
}
