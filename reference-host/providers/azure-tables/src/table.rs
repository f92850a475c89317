//! One table: reads and writes of single entities, and ranges of them.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use azure_core::Uuid;
use azure_core::time::parse_rfc3339;
use bytes::Bytes;
use cloud_contract::{ClockSample, ErrorKind, Result};
use reqwest::Method;
use serde_json::{Map, Value};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::error::unexpected_reply;
use crate::link::{Answer, Client, Reply, Request};
use crate::names::Place;
use crate::record::{self, Found, Moment, Select, body};

/// Calls that must take turns on a key share one of so many locks.
const LOCKS: usize = 256;
/// How often the clock is read anew at most, where that does not make the
/// estimate better: the way to the service may be long.
const CLOCK_PAUSE: Duration = Duration::from_secs(30);
/// And how soon after that failed.
const CLOCK_FAILED_PAUSE: Duration = Duration::from_secs(1);
/// How often it is read in a row until the estimate is good: an answer may be slow for a
/// moment.
const CLOCK_READS: usize = 5;
/// What the clocks of the service's machines may differ by, about, and the last
/// digits of its time stamps, which an emulator makes up.
const CLOCK_SLACK: Duration = Duration::from_millis(20);
/// In the nanoseconds of the clock.
const MICROSECOND: i64 = 1_000;

/// A table of an account.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) client: Arc<Client>,
    name: String,
    /// Begins the versions that are issued here, and no others.
    author: String,
    next: AtomicU64,
    locks: Vec<Mutex<()>>,
    hasher: RandomState,
    /// When the clock may be read again.
    clock_due: Mutex<Option<Instant>>,
}

/// What has to hold for a write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Condition<'a> {
    /// Nothing: the entity is made or replaced.
    None,
    /// The entity is there.
    Present,
    /// The entity is there with this mark.
    Mark(&'a str),
}

/// A part of a range.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) entities: Vec<Map<String, Value>>,
    /// Where it goes on, as the service says it; perhaps with nothing behind it.
    pub(crate) next: Option<String>,
}

impl Table {
    pub(crate) fn new(client: Arc<Client>, name: String) -> Self {
        Self {
            client,
            name,
            author: Uuid::new_v4().simple().to_string(),
            next: AtomicU64::new(0),
            locks: std::iter::repeat_with(Mutex::default).take(LOCKS).collect(),
            hasher: RandomState::new(),
            clock_due: Mutex::default(),
        }
    }

    /// A version that no entity ever had.
    pub(crate) fn version(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}.{number:x}", self.author)
    }

    /// Waits for this caller's turn on a key.
    pub(crate) async fn turn(&self, place: &Place) -> MutexGuard<'_, ()> {
        let hash = self.hash((&place.partition, &place.row));
        self.locks[hash % LOCKS].lock().await
    }

    /// Some number, for what should not happen in step.
    pub(crate) fn hash(&self, of: impl Hash) -> usize {
        usize::try_from(self.hasher.hash_one(of) >> 32).unwrap_or_default()
    }

    pub(crate) async fn read(&self, place: &Place, select: Select) -> Result<Option<Found>> {
        match self.client.send(&self.read_request(place, select)).await? {
            Answer::Done(reply) => Found::read(&reply.body).map(Some),
            Answer::Absent => Ok(None),
            Answer::Exists | Answer::Changed => Err(unexpected_reply()),
        }
    }

    /// The same, as long as it has not ended.
    pub(crate) async fn read_alive(&self, place: &Place, select: Select) -> Result<Option<Found>> {
        let Some(found) = self.read(place, select).await? else {
            return Ok(None);
        };
        let has_ended = self.has_ended(found.end).await;
        Ok((!has_ended).then_some(found))
    }

    /// Whether something with this end has ended, by a clock that is good enough.
    pub(crate) async fn has_ended(&self, end: Option<Moment>) -> bool {
        let Some(end) = end else {
            return false;
        };
        self.refresh_clock().await;
        end <= self.passed()
    }

    /// The latest moment that has certainly passed.
    pub(crate) fn passed(&self) -> Moment {
        self.client.dates.clock.passed().div_euclid(MICROSECOND)
    }

    /// When a life of `ttl` that begins now is certainly over.
    ///
    /// # Errors
    /// `unavailable` where the service's clock cannot be told.
    pub(crate) async fn end_of(&self, ttl: Duration) -> Result<Moment> {
        self.refresh_clock().await;
        let end = self.client.dates.clock.end_of(ttl);
        let end = end.ok_or(ErrorKind::Unavailable)?;
        // Up, so that nothing ends early.
        Ok(end.div_euclid(MICROSECOND) + 1)
    }

    /// Asks for what the table holds, if it is there. Changes nothing.
    pub(crate) async fn look(&self) -> Result<Reply> {
        let request = Request {
            path: format!("{}()", self.name),
            query: Some("$select=PartitionKey&$top=1".to_owned()),
            ..Request::of(Method::GET)
        };
        match self.client.send(&request).await? {
            Answer::Done(reply) => Ok(reply),
            Answer::Absent => Err(ErrorKind::NotFound.into()),
            Answer::Exists | Answer::Changed => Err(unexpected_reply()),
        }
    }

    /// Writes an entity that is not there yet.
    pub(crate) async fn insert<G: Send + 'static>(&self, body: Bytes, held: G) -> Result<Answer> {
        let request = Request {
            body: Some(body),
            path: self.name.clone(),
            ..Request::of(Method::POST)
        };
        self.client.commit(request, held).await
    }

    pub(crate) async fn replace<G: Send + 'static>(
        &self,
        place: &Place,
        body: Bytes,
        condition: Condition<'_>,
        held: G,
    ) -> Result<Answer> {
        let request = Request {
            body: Some(body),
            if_match: condition.header(),
            ..self.request(Method::PUT, place)
        };
        self.client.commit(request, held).await
    }

    pub(crate) async fn remove<G: Send + 'static>(
        &self,
        place: &Place,
        condition: Condition<'_>,
        held: G,
    ) -> Result<Answer> {
        let request = Request {
            if_match: condition.header(),
            ..self.request(Method::DELETE, place)
        };
        self.client.commit(request, held).await
    }

    /// The entities that a filter finds, from where an earlier page ended.
    pub(crate) async fn query(
        &self,
        filter: &str,
        select: &str,
        most: usize,
        from: Option<&str>,
        marks: bool,
    ) -> Result<Page> {
        let filter = filter.replace(' ', "%20");
        let mut query = format!("$filter={filter}&$select={select}&$top={most}");
        if let Some(from) = from {
            query.push('&');
            query.push_str(from);
        }
        let request = Request {
            path: format!("{}()", self.name),
            query: Some(query),
            marks,
            ..Request::of(Method::GET)
        };
        match self.client.send(&request).await? {
            Answer::Done(reply) => page(&reply),
            _ => Err(unexpected_reply()),
        }
    }

    /// Reads the service's clock by the time stamp that it gives an entity, which
    /// is finer than the dates of its answers.
    async fn read_clock(&self) -> Result<()> {
        let place = Place {
            partition: "clock".into(),
            row: "clock".into(),
        };
        let body = body(&place, &self.version(), None, b"");
        let written = match self.replace(&place, body, Condition::None, ()).await? {
            Answer::Done(reply) => reply,
            Answer::Absent => return Err(ErrorKind::NotFound.into()),
            Answer::Exists | Answer::Changed => return Err(unexpected_reply()),
        };
        let read = self.read_request(&place, Select::Everything);
        let Answer::Done(read) = self.client.send(&read).await? else {
            return Err(unexpected_reply());
        };
        // Another host may have written it since: then the stamp is as good, and
        // lies between our write and our read as well.
        let mut fields: Map<String, Value> =
            serde_json::from_slice(&read.body).map_err(|_| unexpected_reply())?;
        let stamp = record::text(&mut fields, "Timestamp")
            .and_then(|stamp| parse_rfc3339(&stamp).ok())
            .ok_or_else(unexpected_reply)?;
        let stamp = stamp.unix_timestamp_nanos() - CLOCK_SLACK.as_nanos().cast_signed();
        self.client.dates.clock.learn(ClockSample {
            sent: written.sent,
            received: read.received,
            told: i64::try_from(stamp).map_err(|_| unexpected_reply())?,
            resolution: 2 * CLOCK_SLACK,
        });
        Ok(())
    }

    /// Reads the clock if the estimate is not good enough. Where it cannot be read,
    /// what is left of it is right as well: keys end later by it.
    async fn refresh_clock(&self) {
        let clock = &self.client.dates.clock;
        if !clock.needs_sample() {
            return;
        }
        // One for all who wait.
        let mut due = self.clock_due.lock().await;
        let is_due = due.is_none_or(|due| due <= Instant::now())
            // After the host slept nothing is known until then.
            || clock.end_of(Duration::ZERO).is_none();
        if is_due && clock.needs_sample() {
            let mut read = self.read_clock().await;
            for _ in 1..CLOCK_READS {
                if read.is_err() || !clock.needs_sample() {
                    break;
                }
                read = self.read_clock().await;
            }
            let pause = match read {
                Ok(()) => CLOCK_PAUSE,
                Err(_) => CLOCK_FAILED_PAUSE,
            };
            *due = Some(Instant::now() + pause);
        }
    }

    fn read_request(&self, place: &Place, select: Select) -> Request {
        Request {
            query: select.query().map(str::to_owned),
            marks: true,
            ..self.request(Method::GET, place)
        }
    }

    fn request(&self, method: Method, place: &Place) -> Request {
        Request {
            path: format!(
                "{}(PartitionKey='{}',RowKey='{}')",
                self.name, place.partition, place.row
            ),
            ..Request::of(method)
        }
    }
}

impl Request {
    pub(crate) fn of(method: Method) -> Self {
        Self {
            method,
            path: String::new(),
            query: None,
            marks: false,
            if_match: None,
            body: None,
        }
    }
}

impl Condition<'_> {
    fn header(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Present => Some("*".to_owned()),
            Self::Mark(mark) => Some(mark.to_owned()),
        }
    }
}

fn page(reply: &Reply) -> Result<Page> {
    let mut fields: Map<String, Value> =
        serde_json::from_slice(&reply.body).map_err(|_| unexpected_reply())?;
    let Some(Value::Array(found)) = fields.remove("value") else {
        return Err(unexpected_reply());
    };
    let entities = found
        .into_iter()
        .map(|entity| match entity {
            Value::Object(fields) => Ok(fields),
            _ => Err(unexpected_reply()),
        })
        .collect::<Result<_>>()?;
    let token = |name| reply.header(&format!("x-ms-continuation-{name}"));
    let next = token("NextPartitionKey").map(|partition| {
        let mut next = format!("NextPartitionKey={}", escaped(partition));
        if let Some(row) = token("NextRowKey") {
            next.push_str("&NextRowKey=");
            next.push_str(&escaped(row));
        }
        next
    });
    Ok(Page { entities, next })
}

/// For a parameter of an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_escaped() {
        assert_eq!(escaped("1!8!cGs="), "1%218%21cGs%3D");
        assert_eq!(escaped("é"), "%C3%A9");
    }
}
