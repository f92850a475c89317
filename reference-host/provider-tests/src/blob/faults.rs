//! How a provider of containers fails: its service dies or is silent, connections break
//! in the middle of an object, replies are lost, and guests go away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::blobstore::{Container as _, Driver, Expected, NewObject, Range};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Bytes, Durability, ErrorKind, Provider};
use futures::StreamExt as _;
use tokio::task::JoinSet;

use super::{
    body, broken, bytes, collect, container, endless, guest_container, names, open, options, put,
    read, version_of,
};
use crate::faults::{ATTEMPTS, LIMIT_PASSED, QUICKEST};
use crate::server::in_time;
use crate::{Server, scope};

/// How long a call may take where a test waits for its end.
const LIMIT: (&str, &str) = ("timeout-ms", "1000");
/// How many callers are at it when the server dies.
const CALLERS: usize = 8;
/// More than any provider or connection holds at a time.
const LARGE: usize = 24 << 20;
/// How long it may take until nothing is left of what failed.
const GONE: Duration = Duration::from_secs(120);
/// How long a server may take from its first answer to the first object.
const BACK: Duration = Duration::from_secs(60);

/// What there was when the server died.
#[derive(Debug)]
pub struct Killed {
    provider: Arc<dyn Provider>,
    driver: Arc<dyn Driver>,
    version: Version,
    /// How many objects of each caller were acknowledged: `c0-0`, `c0-1` and so on.
    written: Vec<usize>,
}

/// Kills the server in the middle of traffic: calls in flight and those after them are
/// `unavailable` soon.
pub async fn is_killed(server: &mut Server) -> Killed {
    let provider = server.provider().await;
    let driver = container(&provider, "killed").await;
    let version = put(&driver, "k", bytes(1_000, 1)).await;
    put(&driver, "large", bytes(LARGE, 2)).await;
    put(&driver, "gone", Bytes::new()).await;
    driver.delete("gone", None).await.unwrap();
    let mut reading = open(&driver, "large").await.data;
    let callers = (0..CALLERS).map(|caller| {
        let driver = Arc::clone(&driver);
        async move {
            for number in 0.. {
                let begun = Instant::now();
                let name = format!("c{caller}-{number}");
                let put = driver.put(&name, body(bytes(100, 3)), options(Expected::Any));
                if let Err(error) = put.await {
                    return (caller, number, error, begun.elapsed());
                }
            }
            unreachable!()
        }
    });
    let callers: JoinSet<_> = callers.collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    reading.next().await.unwrap().unwrap();
    server.kill().await;
    let subject = server.subject;
    let mut written = vec![0; CALLERS];
    for (caller, number, error, took) in callers.join_all().await {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        subject.assert_discreet(&error);
        assert!(took < subject.patience, "{took:?}");
        written[caller] = number;
    }
    let begun = Instant::now();
    let other = scope("other", &["data"]);
    let mut failed = vec![
        collect(reading).await.map(drop),
        read(&driver, "k").await.map(drop),
        driver.head("k").await.map(drop),
        driver.delete("k", None).await,
        driver
            .put("k", body(bytes(1, 1)), options(Expected::Any))
            .await
            .map(drop),
        driver
            .put("k", body(bytes(LARGE, 1)), options(Expected::Any))
            .await
            .map(drop),
        provider.open(&other).await.map(drop),
        provider.close(&other).await,
    ];
    failed.extend(driver.delete_many(&["k".into(), "l".into()]).await);
    for (place, failed) in failed.into_iter().enumerate() {
        let error = failed.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unavailable, "{place}");
        subject.assert_discreet(&error);
    }
    assert!(
        begun.elapsed() < 3 * subject.patience,
        "{:?}",
        begun.elapsed()
    );
    Killed {
        provider,
        driver,
        version,
        written,
    }
}

impl Killed {
    /// Starts the server again: what was acknowledged is there, and what was not is whole
    /// or absent.
    pub async fn is_kept(self, server: &mut Server) {
        let declared = self.provider.descriptor().durability;
        assert_eq!(declared, Durability::Durable);
        server.restart().await;
        let driver = &self.driver;
        // A service of several parts answers before all of them are there.
        let until = Instant::now() + BACK;
        while let Err(error) = read(driver, "large").await {
            assert_eq!(error.kind(), &ErrorKind::Unavailable);
            assert!(Instant::now() < until, "it did not come back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(read(driver, "k").await.unwrap(), Some(bytes(1_000, 1)));
        assert_eq!(version_of(driver, "k").await, self.version);
        let large = read(driver, "large").await.unwrap();
        assert!(large == Some(bytes(LARGE, 2)));
        assert_eq!(read(driver, "gone").await, Ok(None));
        for (caller, &written) in self.written.iter().enumerate() {
            for number in 0..=written {
                match read(driver, &format!("c{caller}-{number}")).await.unwrap() {
                    Some(found) => assert_eq!(found, bytes(100, 3)),
                    None => assert_eq!(number, written, "it was acknowledged"),
                }
            }
        }
        let listed = names(driver, "c", 1_000).await.len();
        let written: usize = self.written.iter().sum();
        assert!((written..=written + CALLERS).contains(&listed));
        put(driver, "k", Bytes::new()).await;
        self.provider.close(&scope("killed", &[])).await.unwrap();
        assert_eq!(server.left().await, 0);
    }
}

/// Calls on a server that takes requests and gives no answer end in time, and the
/// next one is served when it answers again.
pub async fn stalls(server: &mut Server) {
    let driver = container(&server.provider().await, "stalls").await;
    put(&driver, "k", bytes(9, 1)).await;
    put(&driver, "l", bytes(LARGE, 1)).await;
    let (wire, endpoint) = server.wire().await;
    let provider = server.provider_at(&endpoint, &[LIMIT]).await;
    let guest = guest_container(&provider, "stalls").await;
    let new = NewObject::default;
    let reading = in_time(|| guest.get("l", Range::default(), None)).await;
    let reading = reading.unwrap().data;
    wire.stall();
    let other = scope("other", &["data"]);
    // Of calls whose limit is the provider's to hold: the portable layer is not above them.
    let (mut opened, mut closed) = (Duration::MAX, Duration::MAX);
    for round in 0..9 {
        let begun = Instant::now();
        let failed = match round {
            0 | 8 => guest.head("k").await.map(drop),
            1 => guest.put("new", body(Bytes::new()), new()).await.map(drop),
            2 => guest.list("", None, None, None).await.map(drop),
            3..=5 => provider.open(&other).await.map(drop),
            _ => provider.close(&other).await,
        };
        let error = failed.unwrap_err();
        let took = begun.elapsed();
        assert_eq!(error.kind(), &ErrorKind::Timeout, "{round}");
        assert!(took < LIMIT_PASSED, "{round} {took:?}");
        match round {
            3..=5 => opened = opened.min(took),
            6 | 7 => closed = closed.min(took),
            _ => {}
        }
        server.subject.assert_discreet(&error);
    }
    assert!(opened.max(closed) < QUICKEST, "{opened:?} {closed:?}");
    let error = collect(reading).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    for attempt in 1.. {
        wire.flow();
        let found = match guest.get("k", Range::default(), None).await {
            Ok(found) => collect(found.unwrap().data).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => {
                assert_eq!(found, bytes(9, 1));
                break;
            }
            // The machine was too slow for it, or each call after a silence fails.
            Err(error) => assert!(attempt < ATTEMPTS, "{error}"),
        }
        wire.stall();
        guest.head("k").await.unwrap_err();
    }
    let stalls = scope("stalls", &[]);
    in_time(|| provider.close(&stalls)).await;
}

/// A write whose reply is lost has failed, was carried out, and is not sent again. The
/// next call is served.
pub async fn replies_are_lost(server: &mut Server) {
    let direct = container(&server.provider().await, "lost").await;
    let (wire, endpoint) = server.wire().await;
    let provider = server.connect_at(&endpoint, &[]).await.unwrap();
    let driver = container(&provider, "lost").await;
    for round in 0..3 {
        let value = bytes(100, round);
        put(&driver, "k", bytes(100, 99)).await;
        wire.keep_replies();
        let write = tokio::spawn({
            let (driver, body) = (Arc::clone(&driver), body(value.clone()));
            async move { driver.put("k", body, options(Expected::Any)).await }
        });
        let until = Instant::now() + Duration::from_secs(60);
        while read(&direct, "k").await.unwrap().as_ref() != Some(&value) {
            assert!(Instant::now() < until, "it was never carried out");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let written = version_of(&direct, "k").await;
        wire.cut();
        let error = write.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        server.subject.assert_discreet(&error);
        assert_eq!(read(&driver, "k").await.unwrap(), Some(value));
        let now = version_of(&direct, "k").await;
        assert_eq!(now, written, "it was sent again");
    }
    provider.close(&scope("lost", &[])).await.unwrap();
}

/// A connection that is cut in the middle of an object is made again, and the object goes
/// on where it was, if it is still that state.
pub async fn reading_is_taken_up(server: &mut Server) {
    let direct = container(&server.provider().await, "cut").await;
    put(&direct, "k", bytes(LARGE, 1)).await;
    let (wire, endpoint) = server.wire().await;
    let provider = server.connect_at(&endpoint, &[]).await.unwrap();
    let driver = container(&provider, "cut").await;
    let mut reading = open(&driver, "k").await.data;
    let mut all = reading.next().await.unwrap().unwrap().to_vec();
    for _ in 0..3 {
        wire.cut();
        for _ in 0..4 {
            all.extend_from_slice(&reading.next().await.unwrap().unwrap());
        }
    }
    all.extend_from_slice(&collect(reading).await.unwrap());
    assert!(all == bytes(LARGE, 1));

    for round in 0..2 {
        let mut reading = open(&driver, "k").await.data;
        reading.next().await.unwrap().unwrap();
        match round {
            0 => put(&direct, "k", bytes(LARGE, 2)).await.len(),
            _ => direct.delete("k", None).await.map(|()| 0).unwrap(),
        };
        wire.cut();
        let error = collect(reading).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Expired, "{round}");
    }
    provider.close(&scope("cut", &[])).await.unwrap();
}

/// What of a put that failed, or that its guest dropped, has come to the service is gone
/// soon, and nothing of it shows.
pub async fn failed_writes_leave_nothing(server: &mut Server) {
    let provider = server.provider().await;
    let driver = container(&provider, "residue").await;
    put(&driver, "k", bytes(9, 1)).await;
    let version = version_of(&driver, "k").await;
    let before = server.left().await;
    let cancelled = || ErrorKind::Cancelled.into();
    for size in [0, 9, LARGE] {
        for name in ["k", "new"] {
            let failing = broken(bytes(size, 2), cancelled());
            let put = driver.put(name, failing, options(Expected::Any));
            put.await.unwrap_err();
            let wait = Duration::from_millis(if size == LARGE { 400 } else { 20 });
            let idle = endless(bytes(size, 2));
            let put = driver.put(name, idle, options(Expected::Any));
            tokio::time::timeout(wait, put).await.unwrap_err();
        }
        // Refused at the last step.
        let wrong = Expected::Version("wrong".into());
        for (name, expected) in [
            ("k", Expected::Absent),
            ("k", wrong.clone()),
            ("new", wrong),
        ] {
            let put = driver.put(name, body(bytes(size, 2)), options(expected));
            let error = put.await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
        }
    }
    // Overtaken between the first step and the last.
    let overtaken = body(bytes(LARGE, 2)).chain(futures::stream::once({
        let driver = Arc::clone(&driver);
        async move {
            put(&driver, "race", Bytes::new()).await;
            Ok(Bytes::from_static(b"last"))
        }
    }));
    let late = driver.put("race", Box::pin(overtaken), options(Expected::Absent));
    let error = late.await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    driver.delete("race", None).await.unwrap();

    let until = Instant::now() + GONE;
    while server.left().await != before {
        assert!(Instant::now() < until, "{} left", server.left().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(version_of(&driver, "k").await, version);
    assert_eq!(read(&driver, "new").await, Ok(None));
    assert_eq!(names(&driver, "", 10).await, ["k"]);
    provider.close(&scope("residue", &[])).await.unwrap();
}
