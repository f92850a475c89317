//! How a provider fails: its service is absent, silent or dead, requests stall, and
//! replies are lost. Every failure has a kind, comes in time, tells nothing, and is over
//! when the service is back.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Driver, Expected, SetOptions, Version};
use cloud_contract::{Bytes, Durability, ErrorKind, Provider};
use tokio::task::JoinSet;

use crate::server::in_time;
use crate::{Server, Subject, get, guest_store, list, scope, set, store, version};

/// How long a call may take where a test waits for its end.
const LIMIT: (&str, &str) = ("timeout-ms", "1000");
/// And when it must have ended at the latest, on a machine that is slow at times.
pub(crate) const LIMIT_PASSED: Duration = Duration::from_secs(30);
/// When the quickest of several must have: before the usual limit of any provider.
pub(crate) const QUICKEST: Duration = Duration::from_secs(4);
/// How often a call is made that such a machine may be too slow for.
pub(crate) const ATTEMPTS: usize = 5;
/// How many callers are at it when the server dies.
const CALLERS: usize = 16;

/// Connecting ends in time where nobody answers, and at once where nobody is. In
/// `endpoint`, `{address}` stands for host and port.
pub async fn nobody_answers(subject: &Subject, endpoint: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let port = address.port().to_string();
    let mut listener = Some(listener);
    let endpoint = endpoint.replace("{address}", &address.to_string());
    for kind in [ErrorKind::Timeout, ErrorKind::Unavailable] {
        let begun = Instant::now();
        let error = subject.connect(&endpoint, &[LIMIT]).await.unwrap_err();
        assert_eq!(error.kind(), &kind);
        assert!(begun.elapsed() < LIMIT_PASSED, "{:?}", begun.elapsed());
        subject.assert_discreet(&error);
        assert!(!format!("{error} {error:?}").contains(&port));
        // From here on nobody listens.
        drop(listener.take());
    }
}

/// What there was when the server died.
#[derive(Debug)]
pub struct Killed {
    /// A provider that was connected.
    pub provider: Arc<dyn Provider>,
    /// Its store `data` of the scope `killed`.
    pub driver: Arc<dyn Driver>,
    /// The version of the key `k`, whose value is `v`.
    pub version: Version,
    /// The acknowledged sum of the counter of each caller, `c0` and so on.
    pub sums: Vec<i64>,
}

/// Kills the server in the middle of traffic: calls in flight and those after them are
/// `unavailable` soon.
pub async fn is_killed(server: &mut Server) -> Killed {
    let provider = server.provider().await;
    let driver = store(&provider, "killed").await;
    set(&driver, "k", "v").await;
    set(&driver, "gone", "v").await;
    driver.delete("gone", Expected::Any).await.unwrap();
    let version = version(&driver, "k").await;
    let callers = (0..CALLERS).map(|caller| {
        let driver = Arc::clone(&driver);
        async move {
            let key = format!("c{caller}");
            let mut sum = 0;
            loop {
                let begun = Instant::now();
                match driver.increment(&key, 1).await {
                    Ok(next) => sum = next,
                    Err(error) => return (caller, sum, error, begun.elapsed()),
                }
            }
        }
    });
    let callers: JoinSet<_> = callers.collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.kill().await;
    let subject = server.subject;
    let mut sums = vec![0; CALLERS];
    for (caller, sum, error, took) in callers.join_all().await {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        subject.assert_discreet(&error);
        assert!(took < subject.patience, "{took:?}");
        sums[caller] = sum;
    }
    let begun = Instant::now();
    let other = scope("other", &["data"]);
    let many: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let entries: Vec<_> = many.iter().map(|key| (key.clone(), Bytes::new())).collect();
    let mut failed = vec![
        driver.get("k").await.map(drop),
        driver.exists("k").await.map(drop),
        driver.entry("k").await.map(drop),
        driver.increment("k", 1).await.map(drop),
        driver
            .set("k", Bytes::new(), SetOptions::default())
            .await
            .map(drop),
        driver.delete("k", Expected::Any).await.map(drop),
        provider.open(&other).await.map(drop),
        provider.close(&other).await,
    ];
    failed.extend(
        driver
            .get_many(&many)
            .await
            .into_iter()
            .map(|end| end.map(drop)),
    );
    failed.extend(driver.set_many(&entries).await);
    failed.extend(driver.delete_many(&many).await);
    assert_eq!(failed.len(), 8 + 3 * many.len());
    for failed in failed {
        assert_eq!(failed.as_ref().unwrap_err().kind(), &ErrorKind::Unavailable);
        subject.assert_discreet(&failed.unwrap_err());
    }
    assert!(
        begun.elapsed() < 2 * subject.patience,
        "{:?}",
        begun.elapsed()
    );
    Killed {
        provider,
        driver,
        version,
        sums,
    }
}

impl Killed {
    /// Starts the server again: the very first call succeeds, and what was acknowledged
    /// is there, each increment once. The one that failed may have been carried out.
    pub async fn is_kept(self, server: &mut Server) {
        let declared = self.provider.descriptor().durability;
        assert_eq!(declared, Durability::Durable);
        server.restart().await;
        assert_eq!(get(&self.driver, "k").await.as_deref(), Some("v"));
        assert_eq!(version(&self.driver, "k").await, self.version);
        assert_eq!(get(&self.driver, "gone").await, None);
        for (caller, sum) in self.sums.iter().enumerate() {
            let kept = self
                .driver
                .increment(&format!("c{caller}"), 0)
                .await
                .unwrap();
            assert!((*sum..=sum + 1).contains(&kept), "{sum} {kept}");
        }
        set(&self.driver, "k", "v").await;
        assert_ne!(version(&self.driver, "k").await, self.version);
        assert_eq!(list(&self.driver, "", 100).await.len(), 1 + CALLERS);
        self.is_used_again(server).await;
    }

    /// Restarts the server while nobody calls: that the connection is lost is noticed
    /// before the next call, a write. What is closed then stays away.
    pub async fn is_used_again(self, server: &mut Server) {
        server.restart().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let written = self.driver.set_many(&[("k".into(), Bytes::new())]).await;
        assert_eq!(written, [Ok(())]);
        self.provider.close(&scope("killed", &[])).await.unwrap();
        assert_eq!(server.left().await, 0);
        server.restart().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let late = self.driver.set("k", Bytes::new(), SetOptions::default());
        assert_eq!(late.await.unwrap_err().kind(), &ErrorKind::NotFound);
        assert_eq!(server.left().await, 0);
    }
}

/// Calls on a server that takes requests and gives no answer end in time, and the
/// next one is served when it answers again.
pub async fn stalls(server: &mut Server) {
    // What is made on first use is made here: it may take longer.
    set(&store(&server.provider().await, "stalls").await, "k", "v").await;
    let (wire, endpoint) = server.wire().await;
    let provider = server.provider_at(&endpoint, &[LIMIT]).await;
    let store = guest_store(&provider, "stalls").await;
    in_time(|| store.get("k")).await;
    wire.stall();
    let other = scope("other", &["data"]);
    // Of calls whose limit is the provider's to hold: the portable layer is not above them.
    let (mut opened, mut closed) = (Duration::MAX, Duration::MAX);
    for round in 0..8 {
        let begun = Instant::now();
        let failed = match round {
            0 | 7 => store.get("k").await.map(drop),
            1 => store.set("other", Bytes::new()).await,
            2..=4 => provider.open(&other).await.map(drop),
            _ => provider.close(&other).await,
        };
        let error = failed.unwrap_err();
        let took = begun.elapsed();
        assert_eq!(error.kind(), &ErrorKind::Timeout, "{round}");
        assert!(took < LIMIT_PASSED, "{took:?}");
        match round {
            2..=4 => opened = opened.min(took),
            5 | 6 => closed = closed.min(took),
            _ => {}
        }
        server.subject.assert_discreet(&error);
    }
    assert!(opened.max(closed) < QUICKEST, "{opened:?} {closed:?}");
    for attempt in 1.. {
        wire.flow();
        match store.get("k").await {
            Ok(value) => {
                assert_eq!(value.as_deref(), Some(b"v".as_slice()));
                break;
            }
            // The machine was too slow for it, or each call after a silence fails.
            Err(error) => assert!(attempt < ATTEMPTS, "{error}"),
        }
        wire.stall();
        store.get("k").await.unwrap_err();
    }
    let stalls = scope("stalls", &[]);
    in_time(|| provider.close(&stalls)).await;
}

/// Callers that wait for a connection to a silent server share one attempt to make it.
pub async fn callers_share_an_attempt(server: &mut Server) {
    drop(store(&server.provider().await, "shared").await);
    let (wire, endpoint) = server.wire().await;
    let provider = server.provider_at(&endpoint, &[LIMIT]).await;
    let guest = guest_store(&provider, "shared").await;
    let shared = scope("shared", &["data"]);
    let namespace = in_time(|| provider.open(&shared)).await;
    let driver = in_time(|| namespace.keyvalue("data")).await;
    wire.stall();
    // The connection is given up with the call.
    guest.get("k").await.unwrap_err();
    let begun = Instant::now();
    let crowd = (0..64).map(|_| {
        let driver = Arc::clone(&driver);
        async move { driver.get("k").await }
    });
    for end in crowd.collect::<JoinSet<_>>().join_all().await {
        assert_eq!(end.unwrap_err().kind(), &ErrorKind::Timeout);
    }
    // Without sharing, the last of them would have waited for all others in turn.
    assert!(begun.elapsed() < LIMIT_PASSED, "{:?}", begun.elapsed());
    wire.flow();
    assert_eq!(in_time(|| driver.get("k")).await, None);
    in_time(|| provider.close(&shared)).await;
}

/// A write whose reply is lost has failed, was carried out, and is not sent again. The
/// next call is served.
pub async fn replies_are_lost(server: &mut Server) {
    let direct = store(&server.provider().await, "lost").await;
    let (wire, endpoint) = server.wire().await;
    let provider = server.connect_at(&endpoint, &[]).await.unwrap();
    let driver = store(&provider, "lost").await;
    for round in 0..3 {
        let value = format!("round {round}");
        set(&driver, "k", "before").await;
        wire.keep_replies();
        let write = tokio::spawn({
            let (driver, value) = (Arc::clone(&driver), Bytes::from(value.clone()));
            async move { driver.set("k", value, SetOptions::default()).await }
        });
        let until = Instant::now() + Duration::from_secs(60);
        while get(&direct, "k").await.as_ref() != Some(&value) {
            assert!(Instant::now() < until, "it was never carried out");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let written = version(&direct, "k").await;
        wire.cut();
        let error = write.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        server.subject.assert_discreet(&error);
        assert_eq!(get(&driver, "k").await, Some(value));
        assert_eq!(version(&direct, "k").await, written, "it was sent again");
    }
    provider.close(&scope("lost", &[])).await.unwrap();
}

/// A scope that is closed while others write into it holds nothing afterwards, and
/// they are told.
pub async fn is_closed_under_its_writers(server: &mut Server) {
    let provider = server.provider().await;
    for round in 0..3 {
        let driver = store(&provider, "closed").await;
        let writers = (0..CALLERS).map(|writer| {
            let driver = Arc::clone(&driver);
            async move {
                for number in 0.. {
                    let entries: Vec<_> = (0..20)
                        .map(|key| (format!("{writer}-{number}-{key}"), Bytes::new()))
                        .collect();
                    if let Err(error) = &driver.set_many(&entries).await[0] {
                        return error.clone();
                    }
                }
                unreachable!()
            }
        });
        let writers: JoinSet<_> = writers.collect();
        tokio::time::sleep(Duration::from_millis(60)).await;
        provider.close(&scope("closed", &[])).await.unwrap();
        for error in writers.join_all().await {
            assert_eq!(error.kind(), &ErrorKind::NotFound, "{round}");
        }
        assert_eq!(server.left().await, 0);
    }
}
