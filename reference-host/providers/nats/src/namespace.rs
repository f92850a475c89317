//! An open scope: its buckets, and that they exist.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::Version;
use cloud_contract::{
    ClockSample, Error, ErrorKind, Namespace, Result, Scope, ScopeId, ServiceClock, keyvalue,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::{Mutex, OnceCell};

use crate::api::{AskNames, Done, Names, NewStream, StreamInfo, body};
use crate::descriptor::WIDTH_MAX;
use crate::driver::Store;
use crate::error::{Failure, unexpected_reply};
use crate::link::{Link, Live};
use crate::names;
use crate::record::nanoseconds;

/// How many increments of different keys can wait for their turns apart.
const QUEUES: usize = 64;
/// How often a bucket is tried to be created whose files cannot be made. A server whose
/// last stream is removed takes away the folder of all streams behind its answer, be it
/// under the feet of one that is being created; nothing is left of that one.
const CREATION_ATTEMPTS: u32 = 8;
/// How many buckets are removed at a time.
const REMOVED_AT_ONCE: usize = 16;
/// After this long the server is asked for its time anew.
const READING_AGE_MAX: Duration = Duration::from_secs(30);

/// One bucket, as all handles of this provider share it.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) stream: String,
    /// What subjects of keys begin with.
    pub(crate) subjects: String,
    /// What versions of permanent keys and of others begin with.
    marks: [String; 2],
    /// Whether the bucket has one copy, and may be asked directly.
    direct: AtomicBool,
    /// Whether messages can have times to live.
    pub(crate) lifetimes: bool,
    clock: ServiceClock,
    /// Increments that met others wait here for their turns, by the hash of the key.
    pub(crate) queues: [Mutex<()>; QUEUES],
    closed: Arc<AtomicBool>,
}

impl Bucket {
    /// A bucket as the service describes it.
    fn new(stream: String, info: &StreamInfo, closed: Arc<AtomicBool>) -> Result<Self> {
        // Another bucket of the same name counts from one again: its versions differ
        // by the moment at which it was created.
        let created = nanoseconds(&info.created)?;
        Ok(Self {
            subjects: names::subject_prefix(&stream),
            marks: [0, 1].map(|kind| format!("{:016x}", scattered(2 * u128::from(created) + kind))),
            direct: AtomicBool::new(is_direct(info)),
            lifetimes: info.config.allow_msg_ttl,
            clock: ServiceClock::new(WIDTH_MAX, READING_AGE_MAX),
            queues: [(); QUEUES].map(Mutex::new),
            closed,
            stream,
        })
    }

    /// Learns what an answer tells besides what was asked.
    pub(crate) fn observe(&self, info: &StreamInfo, asked: Instant) -> Result<()> {
        self.direct.store(is_direct(info), Ordering::Release);
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
        check_open(&self.closed)
    }

    /// The version of a message. The two kinds look different, so that no text that was
    /// issued for one reads as the other.
    pub(crate) fn version(&self, sequence: u64, ends: bool) -> Version {
        Version::from(format!("{}-{sequence:x}", self.marks[usize::from(ends)]))
    }

    /// The sequence that a version names, and whether its key ends; none for what was
    /// never issued for this bucket.
    pub(crate) fn sequence(&self, version: &str) -> Option<(u64, bool)> {
        [false, true].into_iter().find_map(|ends| {
            let digits = version
                .strip_prefix(self.marks[usize::from(ends)].as_str())?
                .strip_prefix('-')?;
            let sequence = u64::from_str_radix(digits, 16).ok()?;
            (sequence > 0 && self.version(sequence, ends) == version).then_some((sequence, ends))
        })
    }
}

fn is_direct(info: &StreamInfo) -> bool {
    info.config.allow_direct && info.config.num_replicas <= 1
}

/// A number that looks like no other's neighbour; different for different numbers.
fn scattered(number: u128) -> u64 {
    // The finish of SplitMix64. Nanoseconds since 1970 leave the top bit free until
    // 2262, so twice the number fits.
    #[allow(clippy::cast_possible_truncation, reason = "it fits, as said")]
    let mut bits = number as u64;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn check_open(closed: &AtomicBool) -> Result<()> {
    if closed.load(Ordering::Acquire) {
        return Err(ErrorKind::NotFound.into());
    }
    Ok(())
}

/// A scope that this provider opened and has not closed. A store's bucket is created
/// when somebody opens the store: a server makes several files for each, so one that
/// nobody uses would cost more than all that is done with others.
#[derive(Debug)]
pub(crate) struct Registration {
    scope: ScopeId,
    buckets: BTreeMap<String, OnceCell<Arc<Bucket>>>,
    lifetimes: bool,
    /// From then on its stores are gone, whoever creates others of their names.
    pub(crate) closed: Arc<AtomicBool>,
}

impl Registration {
    /// `lifetimes`: whether messages of its buckets can have times to live.
    pub(crate) fn new(scope: &Scope, lifetimes: bool) -> Self {
        let names = scope.names.iter();
        Self {
            scope: scope.id.clone(),
            buckets: names.map(|name| (name.clone(), OnceCell::new())).collect(),
            lifetimes,
            closed: Arc::default(),
        }
    }

    /// The bucket of a store, created unless it is there.
    async fn bucket(&self, link: &Link, store: &str) -> Result<Arc<Bucket>> {
        check_open(&self.closed)?;
        // A name that no bucket can have has no store (KV-OPEN-6).
        let named = self
            .buckets
            .get(store)
            .zip(names::stream(&self.scope, store));
        let Some((bucket, stream)) = named else {
            return Err(ErrorKind::NotFound.into());
        };
        let opened = bucket.get_or_try_init(|| async {
            let live = link.live().await?;
            let closed = Arc::clone(&self.closed);
            create(link, &live, stream, self.lifetimes, closed)
                .await
                .map(Arc::new)
        });
        opened.await.map(Arc::clone)
    }
}

async fn create(
    link: &Link,
    live: &Live,
    stream: String,
    lifetimes: bool,
    closed: Arc<AtomicBool>,
) -> Result<Bucket> {
    let config = &link.config;
    let subjects = format!("{}>", names::subject_prefix(&stream));
    let new = body(&NewStream::new(
        &stream,
        subjects,
        config.replicas,
        lifetimes,
    ))?;
    let mut asked = Instant::now();
    let mut created = Err(Failure::NoStream);
    for _ in 0..CREATION_ATTEMPTS {
        asked = Instant::now();
        let subject = format!("{}.STREAM.CREATE.{stream}", config.api);
        created = live.ask(subject, new.clone()).await;
        if !matches!(created, Err(Failure::NotCreated(_))) {
            break;
        }
    }
    let info: StreamInfo = match created {
        // Other settings, by an operator or another version of this program.
        Err(Failure::NameInUse) => {
            asked = Instant::now();
            live.ask(format!("{}.STREAM.INFO.{stream}", config.api), Bytes::new())
                .await?
        }
        other => other?,
    };
    if lifetimes && !info.config.allow_msg_ttl {
        return Err(ErrorKind::Other(
            "a bucket does not allow messages to have a time to live".into(),
        )
        .into());
    }
    let bucket = Bucket::new(stream, &info, closed)?;
    bucket.observe(&info, asked)?;
    Ok(bucket)
}

/// Removes all buckets of a scope, whoever created them.
pub(crate) async fn remove(link: &Link, scope: &ScopeId) -> Result<()> {
    let live = link.live().await?;
    let api = &link.config.api;
    let prefix = names::scope_prefix(scope);
    loop {
        let (streams, is_whole) = streams_of(link, &live, &prefix).await?;
        if streams.is_empty() && is_whole {
            return Ok(());
        }
        stream::iter(streams)
            .map(|stream| {
                let live = &live;
                async move {
                    let asked = live.ask(format!("{api}.STREAM.DELETE.{stream}"), Bytes::new());
                    match asked.await {
                        Ok(Done { .. }) | Err(Failure::NoStream) => Ok(()),
                        Err(failure) => Err(Error::from(failure)),
                    }
                }
            })
            .buffer_unordered(REMOVED_AT_ONCE)
            .try_collect::<()>()
            .await?;
    }
}

/// The streams whose names begin like this, and whether these are all. The service
/// counts its names anew for each page: where others create or remove meanwhile, one
/// can be passed over, and the number of all of them, or the first name of a page that
/// begins where the last one ended, shows it.
async fn streams_of(link: &Link, live: &Live, prefix: &str) -> Result<(Vec<String>, bool)> {
    let mut pages = Pages::default();
    loop {
        let question = body(&AskNames {
            subject: "$KV.*.>",
            offset: pages.offset(),
        })?;
        let asked = format!("{}.STREAM.NAMES", link.config.api);
        let page: Names = live.ask(asked, question).await?;
        if pages.add(page.streams.unwrap_or_default(), page.total) {
            break;
        }
    }
    let is_whole = pages.is_whole;
    let mut streams = pages.names;
    streams.retain(|name| name.starts_with(prefix));
    Ok((streams, is_whole))
}

/// Pages of names. Each begins with the last name of the one before: if that is not
/// there any more, the names have moved, and some were passed over.
struct Pages {
    names: Vec<String>,
    seen: usize,
    is_whole: bool,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            seen: 0,
            is_whole: true,
        }
    }
}

impl Pages {
    /// Where the next page begins.
    fn offset(&self) -> usize {
        self.seen.saturating_sub(1)
    }

    /// Adds a page; whether it was the last.
    fn add(&mut self, names: Vec<String>, total: usize) -> bool {
        let offset = self.offset();
        let overlap = usize::from(self.seen > 0);
        self.is_whole &= match names.first() {
            Some(first) => self.names.last().is_none_or(|last| last == first),
            // The last name of the page before was not the last of all.
            None => self.seen == 0,
        };
        let is_last = names.len() <= overlap || offset + names.len() >= total;
        self.seen = offset + names.len();
        self.names.extend(names.into_iter().skip(overlap));
        is_last
    }
}

/// The contract's view of an open scope.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) link: Arc<Link>,
    pub(crate) registration: Arc<Registration>,
}

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let bucket = self.registration.bucket(&self.link, store);
        let bucket = self.link.bounded(bucket).await?;
        Ok(Arc::new(Store::new(Arc::clone(&self.link), bucket)))
    }
}

impl Bucket {
    /// Asks the service to describe the bucket.
    pub(crate) async fn ask(
        &self,
        link: &Link,
        live: &Live,
        question: Bytes,
    ) -> Result<StreamInfo> {
        let asked = Instant::now();
        let subject = format!("{}.STREAM.INFO.{}", link.config.api, self.stream);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer as _;

    /// Reads pages of three names, of which one is removed after each page; what is
    /// left of them in the end.
    fn paged(mut all: Vec<String>, removed: Option<usize>) -> (Pages, Vec<String>) {
        let mut pages = Pages::default();
        loop {
            let page: Vec<String> = all.iter().skip(pages.offset()).take(3).cloned().collect();
            if pages.add(page, all.len()) {
                return (pages, all);
            }
            if let Some(place) = removed.map(|place| place.min(all.len().saturating_sub(1)))
                && place < all.len()
            {
                all.remove(place);
            }
        }
    }

    #[test]
    fn a_name_that_was_passed_over_is_noticed() {
        let mut moved = 0;
        for count in 0..20 {
            let all: Vec<String> = (10..10 + count).map(|name| name.to_string()).collect();
            let (pages, left) = paged(all.clone(), None);
            assert!(pages.is_whole, "{count}");
            assert_eq!(pages.names, left);
            for removed in [0, 1, 2, 3, 4, 6, 9, usize::MAX] {
                let (pages, left) = paged(all.clone(), Some(removed));
                let has_all = left.iter().all(|name| pages.names.contains(name));
                assert!(has_all || !pages.is_whole, "{count} {removed}");
                moved += u32::from(!has_all);
            }
        }
        assert!(moved > 0);
    }

    fn bucket(created: &str) -> Bucket {
        let json = format!(
            r#"{{"created":"{created}","config":{{"num_replicas":1,"allow_direct":true}}}}"#
        );
        let info = StreamInfo::read(json.as_bytes()).unwrap();
        Bucket::new("KV_cw_s_a".to_owned(), &info, Arc::default()).unwrap()
    }

    #[test]
    fn versions_are_of_one_bucket_and_one_kind() {
        let bucket = bucket("2026-11-22T05:02:30.695456653Z");
        let permanent = bucket.version(255, false);
        let ending = bucket.version(255, true);
        assert_ne!(permanent, ending);
        assert_eq!(bucket.sequence(&permanent), Some((255, false)));
        assert_eq!(bucket.sequence(&ending), Some((255, true)));
        let again = super::tests::bucket("2026-11-22T05:02:30.695456654Z");
        assert_eq!(again.sequence(&permanent), None);
        for never in [
            "",
            "-",
            "255",
            &permanent[1..],
            &permanent.to_uppercase(),
            &format!("{permanent} "),
            &format!("{}-0ff", &permanent[..16]),
            &format!("{}-0", &permanent[..16]),
            &format!("{}-+f", &permanent[..16]),
            &format!("{}-", &permanent[..16]),
        ] {
            assert_eq!(bucket.sequence(never), None, "{never}");
        }
    }

    #[test]
    fn only_a_bucket_with_one_copy_is_asked_directly() {
        for (replicas, direct, expected) in [(1, true, true), (3, true, false), (1, false, false)] {
            let json = format!(
                r#"{{"created":"2026-11-22T05:02:30Z",
                    "config":{{"num_replicas":{replicas},"allow_direct":{direct}}}}}"#
            );
            let info = StreamInfo::read(json.as_bytes()).unwrap();
            let bucket = Bucket::new("KV_b".to_owned(), &info, Arc::default()).unwrap();
            assert_eq!(bucket.is_direct(), expected);
        }
    }
}
