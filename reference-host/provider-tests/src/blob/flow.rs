//! Bytes flow only as fast as they are taken: what a provider pulls from its service ahead
//! of a slow reader, and what it takes from a guest ahead of a slow service, is bounded.
//! Both are counted on the wire between the two: what a provider says of itself is what
//! is tested.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cloud_contract::blobstore::{Body, Driver, Expected, PutOptions};
use cloud_contract::{Bytes, limit};
use futures::{StreamExt as _, stream};
use tokio::sync::watch;

use super::{PIECE, bytes, container, open, options, put, read};
use crate::server::in_time;
use crate::{Server, Wire, scope};

/// Far more than may lie ahead of a reader.
const SIZE: usize = 32 << 20;
/// The most that a provider has of an object that nobody has read: a few pieces that were
/// asked for at a time.
const AHEAD: u64 = 4 << 20;
/// What lies in sockets on the way to the service. Those of the wire are narrow, that of
/// the provider is as large as the system lets it become.
const SOCKETS: u64 = 4 << 20;
/// By how much a writer tries to get ahead of what may be held.
const MORE: u64 = 4 << 20;
/// How many readers go away.
const READERS: u64 = 8;
/// How often a count has to be the same to be the last one, and what lies between.
const SAME: u32 = 50;
const POLL: Duration = Duration::from_millis(20);
/// How long anything may take.
const SOON: Duration = Duration::from_secs(60);

/// A reader that stops holds up the service, one that is dropped lets go of it, and a
/// service that stops holds up a writer.
pub async fn is_held_up(server: &mut Server) {
    let direct = container(&server.provider().await, "flow").await;
    let (wire, endpoint) = server.wire().await;
    let provider = server.provider_at(&endpoint, &[]).await;
    let driver = container(&provider, "flow").await;
    let data = bytes(SIZE, 1);
    put(&direct, "k", data.clone()).await;
    a_reader_holds_up_the_service(&wire, &driver, &data).await;
    readers_that_go_away_let_go(&wire, &driver).await;
    // Parts that go out, are put together and came of the next one: two or three of them.
    let declared = provider.descriptor().limit(limit::BLOB_BUFFER_MAX_BYTES);
    let held = declared.unwrap() + SOCKETS;
    let half = held + MORE;
    let data = bytes(usize::try_from(2 * half).unwrap(), 2);
    for size in [None, Some(2 * half)] {
        a_service_holds_up_a_writer(&wire, &driver, (&data, size), held).await;
        let written = in_time(|| read(&direct, "new")).await;
        assert!(written.as_ref() == Some(&data), "{size:?}");
    }
    provider.close(&scope("flow", &[])).await.unwrap();
}

/// After the first piece, and in the middle, when buffers that grow have grown. Then the
/// rest comes as if nothing had been.
async fn a_reader_holds_up_the_service(wire: &Wire, driver: &Arc<dyn Driver>, data: &Bytes) {
    let before = wire.pulled();
    let mut reading = open(driver, "k").await.data;
    let mut taken = 0;
    for pause in [1, SIZE / 2] {
        taken = compared(&mut reading, data, taken, pause).await;
        let pulled = settled(|| wire.pulled()).await - before;
        let held = pulled.saturating_sub(wire.unread());
        assert!(pulled >= taken as u64, "{pulled} {taken}: past the wire");
        let ahead = held.saturating_sub(taken as u64);
        assert!(ahead <= AHEAD, "{ahead}: {pulled} {taken}");
        // What the system keeps is not the provider's, and little as long as nobody reads.
        assert!(pause > 1 || pulled <= SIZE as u64 / 2, "{pulled}");
    }
    assert_eq!(compared(&mut reading, data, taken, SIZE).await, SIZE);
    assert!(reading.next().await.is_none());
}

/// Reads on to a place or a bit farther.
async fn compared(reading: &mut Body, data: &Bytes, mut taken: usize, to: usize) -> usize {
    while taken < to {
        let piece = reading.next().await.unwrap().unwrap();
        let end = taken + piece.len();
        assert!(data.get(taken..end) == Some(&piece[..]), "{taken}");
        taken = end;
    }
    taken
}

/// Nothing more is pulled for them, and none of their connections stays. Where all share
/// one, only the first is told here.
async fn readers_that_go_away_let_go(wire: &Wire, driver: &Arc<dyn Driver>) {
    let (before, connections) = (wire.pulled(), wire.connections());
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let mut reading = open(driver, "k").await.data;
        reading.next().await.unwrap().unwrap();
        readers.push(reading);
    }
    let stopped = settled(|| wire.pulled()).await;
    let held = (stopped - before).saturating_sub(wire.unread());
    assert!(held <= READERS * AHEAD, "{held} of {}", stopped - before);
    drop(readers);
    // What was on its way may still come.
    let later = settled(|| wire.pulled()).await - stopped;
    assert!(later <= READERS * AHEAD, "{later}");
    let until = Instant::now() + SOON;
    while wire.connections() > connections {
        let left = wire.connections();
        assert!(Instant::now() < until, "{left} of {connections}");
        tokio::time::sleep(POLL).await;
    }
}

/// What a guest gave is on the wire, but for what the provider may hold: when the guest
/// pauses, and when the service does. Either half is more than that.
async fn a_service_holds_up_a_writer(
    wire: &Wire,
    driver: &Arc<dyn Driver>,
    (data, size): (&Bytes, Option<u64>),
    held: u64,
) {
    let before = wire.sent();
    let all = data.len() as u64;
    let half = all / 2;
    let (source, body) = Source::of(data, half);
    let writing = tokio::spawn({
        let driver = Arc::clone(driver);
        let options = PutOptions {
            size,
            ..options(Expected::Any)
        };
        async move { driver.put("new", body, options).await }
    });
    let until = Instant::now() + SOON;
    while source.given() < half {
        assert!(Instant::now() < until, "{}", source.given());
        tokio::time::sleep(POLL).await;
    }
    let sent = settled(|| wire.sent()).await - before;
    assert!(half.saturating_sub(sent) <= held, "{sent} of {half}");
    wire.stall();
    source.goes_on_to(all);
    let given = settled(|| source.given()).await;
    let sent = wire.sent() - before;
    assert!(given.saturating_sub(sent) <= held, "{sent} of {given}");
    assert!(given < all, "it took all of it");
    wire.flow();
    writing.await.unwrap().unwrap();
}

/// A guest that writes as far as it is told to.
struct Source {
    given: Arc<AtomicU64>,
    may_give: watch::Sender<u64>,
}

impl Source {
    fn of(data: &Bytes, may_give: u64) -> (Self, Body) {
        let given = Arc::<AtomicU64>::default();
        let (may_give, told) = watch::channel(may_give);
        let state = (data.clone(), told, Arc::clone(&given));
        let body = stream::unfold(state, |(mut rest, mut told, given)| async move {
            let piece = rest.split_to(rest.len().min(PIECE));
            if piece.is_empty() {
                return None;
            }
            let end = given.load(Ordering::SeqCst) + piece.len() as u64;
            told.wait_for(|may_give| end <= *may_give).await.ok()?;
            given.store(end, Ordering::SeqCst);
            Some((Ok(piece), (rest, told, given)))
        });
        (Self { given, may_give }, Box::pin(body))
    }

    fn given(&self) -> u64 {
        self.given.load(Ordering::SeqCst)
    }

    fn goes_on_to(&self, place: u64) {
        self.may_give.send_replace(place);
    }
}

/// A count that rises no more.
async fn settled(count: impl Fn() -> u64) -> u64 {
    let until = Instant::now() + SOON;
    let (mut last, mut same) = (count(), 0);
    while same < SAME {
        assert!(Instant::now() < until, "{last}: it goes on");
        tokio::time::sleep(POLL).await;
        let now = count();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}
