//! What only the service itself can show: what it keeps and leaves behind, and how often
//! it is asked.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Expected, SetOptions};
use cloud_contract::{Bytes, Durability};
use provider_tests::{scope, seam, set, set_ttl, store, swap, version};
use support::{ETCD, leases, requests};
use tokio::task::JoinSet;

const LONG: Duration = Duration::from_secs(60);

#[test]
fn the_seam_holds() {
    ETCD.on_server(async |server| {
        seam::holds(server).await;
        seam::names_stay(server).await;
        seam::closing_holds_for_all(server).await;
    });
}

#[test]
fn no_lease_is_left_behind() {
    ETCD.on_server(async |server| {
        let provider = server.provider().await;
        assert_eq!(provider.descriptor().durability, Durability::Durable);
        let driver = store(&provider, "test").await;
        for key in [
            "set", "swapped", "longer", "many", "deleted", "gone", "stale", "kept", "left",
        ] {
            set_ttl(&driver, key, "1", LONG).await;
        }
        assert_eq!(leases(server.endpoint()).await, 9);
        set(&driver, "set", "").await;
        let current = version(&driver, "swapped").await;
        swap(&driver, "swapped", "", Expected::Version(current)).await;
        set_ttl(&driver, "longer", "", LONG).await;
        driver.set_many(&[("many".into(), Bytes::new())]).await;
        driver.delete("deleted", Expected::Any).await.unwrap();
        driver.delete_many(&["gone".into()]).await;
        let options = SetOptions {
            expected: Expected::Absent,
            ttl: Some(LONG),
        };
        driver.set("stale", Bytes::new(), options).await.unwrap();
        driver.increment("kept", 1).await.unwrap();
        // A caller that goes away leaves the write to end by itself.
        for _ in 0..20 {
            let given_up = set_ttl(&driver, "left", "", LONG);
            let _ = tokio::time::timeout(Duration::from_micros(300), given_up).await;
        }
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            match leases(server.endpoint()).await {
                // longer, stale, kept, left
                4 => break,
                left => assert!(Instant::now() < until, "{left}"),
            }
        }
        provider.close(&scope("test", &[])).await.unwrap();
        assert_eq!(server.left().await, 0);
    });
}

/// An increment goes by what the one before it left, and looks only where that was
/// changed.
#[test]
fn a_crowd_of_increments_costs_one_request_each() {
    ETCD.on_server(async |server| {
        let store_of = async || store(&server.provider().await, "test").await;
        let (store, other) = (store_of().await, store_of().await);
        let before = requests(server).await;
        let adders = (0..64).map(|_| {
            let store = Arc::clone(&store);
            async move { store.increment("c", 1).await.unwrap() }
        });
        let mut sums = adders.collect::<JoinSet<_>>().join_all().await;
        sums.sort_unstable();
        assert!(sums.into_iter().eq(1..=64));
        let after = requests(server).await;
        assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 64]);

        // Whatever somebody else does in between counts.
        assert_eq!(other.increment("c", 10).await, Ok(74));
        assert_eq!(store.increment("c", 1).await, Ok(75));
        set(&other, "c", "text").await;
        assert!(store.increment("c", 1).await.is_err());
        let most = i64::MAX.to_string();
        set(&other, "c", &most).await;
        assert!(store.increment("c", 1).await.is_err());
        assert_eq!(store.increment("c", -1).await, Ok(i64::MAX - 1));
        set(&other, "c", "7").await;
        assert_eq!(store.increment("c", 2).await, Ok(9));
        other.delete("c", Expected::Any).await.unwrap();
        assert_eq!(store.increment("c", i64::MAX).await, Ok(i64::MAX));
        other.delete("c", Expected::Any).await.unwrap();
        assert_eq!(store.increment("c", 1).await, Ok(1));
    });
}
