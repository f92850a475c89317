//! The steps of the extended interfaces, by area.

use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{Expected, SwapError, Version};

use crate::script::{Script, bytes};

const DAY: u64 = 24 * 60 * 60;
const MILLISECOND: Duration = Duration::from_millis(1);

impl Script {
    pub(crate) async fn swaps(&mut self) {
        let swap = async |script: &mut Self, step: &str, text: &str, expected: Expected| {
            let swapped = script.store.swap("w", bytes(text), expected).await;
            let told = match &swapped {
                Ok(version) => version.clone(),
                Err(SwapError::Stale(Some(entry))) => entry.version.clone(),
                Err(_) => Version::default(),
            };
            script.note(format!("swap {step}"), Self::swapped(swapped));
            let now = script.version("w").await;
            script.note(format!("swap {step} told"), told.is_empty() || told == now);
            script.look(&format!("swap {step}"), "w").await;
        };
        let version = |version: &str| Expected::Version(version.into());
        swap(self, "absent by version", "0", version("00")).await;
        swap(self, "create", "1", Expected::Absent).await;
        swap(self, "create again", "2", Expected::Absent).await;
        let now = self.version("w").await;
        swap(self, "right", "3", version(&now)).await;
        swap(self, "stale", "4", version(&now)).await;
        let now = self.version("w").await;
        swap(self, "same", "3", version(&now)).await;
        swap(self, "after same", "5", version(&now)).await;
        let now = self.version("w").await;
        for (name, like) in [
            ("empty", String::new()),
            ("upper", format!(" {}", now.to_uppercase())),
            ("more", format!("{now}0")),
            ("odd", "no version!".to_owned()),
            ("long", "v".repeat(300)),
        ] {
            swap(self, name, name, version(&like)).await;
            let deleted = self.store.delete_if("w", like.as_str().into()).await;
            self.note(format!("delete-if {name}"), Self::swapped(deleted));
            self.look(&format!("delete-if {name}"), "w").await;
        }
        let deleted = self.store.delete_if("w", now.clone()).await;
        self.note("delete-if stale", Self::swapped(deleted));
        self.put("w", "").await;
        swap(self, "over empty", "6", Expected::Absent).await;
        drop(self.store.set("w", bytes("newer")).await);
        swap(self, "after a set", "6", Expected::Absent).await;
        let now = self.version("w").await;
        let deleted = self.store.delete_if("w", now.clone()).await;
        self.note("delete-if right", Self::swapped(deleted));
        self.look("delete-if right", "w").await;
        let deleted = self.store.delete_if("w", now).await;
        self.note("delete-if absent", Self::swapped(deleted));
        self.put("w", "7").await;
        drop(self.store.delete("w").await);
        swap(self, "recreate", "8", Expected::Absent).await;
        drop(self.store.delete("w").await);
    }

    /// Whether each kind of write gives a key a version that it never had.
    pub(crate) async fn versions(&mut self) {
        let mut seen = Vec::new();
        let day = Duration::from_secs(DAY);
        for turn in 0..12 {
            match turn {
                0 | 1 | 6 => drop(self.store.set("v", bytes("1")).await),
                2 => drop(self.store.set_many(vec![("v".into(), bytes("1"))]).await),
                3 => drop(self.store.set_expiring("v", bytes("1"), day).await),
                4 => drop(self.store.increment("v", 0).await),
                5 => drop(self.store.increment("v", 1).await),
                7 | 8 => self.put("v", "1").await,
                9 => drop(
                    self.store
                        .set_expiring("v", bytes("1"), 60 * MILLISECOND)
                        .await,
                ),
                10 => {
                    tokio::time::sleep(90 * MILLISECOND).await;
                    drop(self.store.set("v", bytes("1")).await);
                }
                _ => drop(self.store.set("v", bytes("2")).await),
            }
            let version = self.version("v").await;
            let again = self.version("v").await;
            self.note(
                format!("version {turn}"),
                (version == again, seen.contains(&version)),
            );
            self.note(
                format!("version {turn} length"),
                (1..=256).contains(&version.len()),
            );
            seen.push(version);
        }
        self.put("v", "5").await;
        let before = self.version("v").await;
        drop(self.store.swap("v", bytes("6"), Expected::Absent).await);
        drop(self.store.delete_if("v", Version::const_new("x")).await);
        let same = self.version("v").await == before;
        self.note("version after stale", same);
        drop(self.store.delete("v").await);
    }

    pub(crate) async fn counters(&mut self) {
        for delta in [0, 5, -7, 1 << 40, i64::MIN, i64::MAX, i64::MAX, 1] {
            let sum = self.store.increment("n", delta).await;
            self.note(format!("sum {} {delta}", self.log.len()), sum);
            self.look(&format!("sum {} {delta}", self.log.len()), "n")
                .await;
        }
        for (held, delta) in [
            ("9223372036854775807", 1),
            ("-9223372036854775808", -1),
            ("9007199254740993", 2),
            ("0", i64::MIN),
            ("-5", 1),
            ("5", -5),
            ("+5", 1),
            ("05", 1),
            ("-0", 1),
            (" 5", 1),
            ("", 1),
            ("1.0", 1),
            ("text", 1),
        ] {
            self.put("n", held).await;
            let before = self.version("n").await;
            let sum = self.store.increment("n", delta).await;
            let failed = sum.is_err();
            self.note(format!("{held:?} and {delta}"), sum);
            let kept = !failed || self.version("n").await == before;
            self.note(format!("{held:?} and {delta}: kept"), kept);
            self.look(&format!("{held:?} and {delta}"), "n").await;
        }
        drop(
            self.store
                .set_expiring("n", bytes("x"), Duration::from_secs(600))
                .await,
        );
        drop(self.store.increment("n", 1).await);
        self.look("refused with a lifetime", "n").await;
        drop(
            self.store
                .set_expiring("n", bytes("1"), Duration::from_secs(600))
                .await,
        );
        drop(self.store.increment("n", 1).await);
        self.look("counted with a lifetime", "n").await;
        drop(self.store.delete("n").await);
        for delta in [0, 3] {
            let first = self.store.increment("fresh", delta).await;
            self.note(format!("fresh {delta}"), first);
            self.look(&format!("fresh {delta}"), "fresh").await;
            drop(self.store.delete("fresh").await);
        }
        drop(self.store.increment("fresh", 4).await);
        drop(self.store.delete("fresh").await);
        let anew = self.store.increment("fresh", 1).await;
        self.note("counted anew", anew);
        drop(self.store.delete("fresh").await);
        for turn in 0..12 {
            let sum = self.store.increment("row", 1).await;
            self.note(format!("counted {turn}"), sum);
        }
        drop(self.store.delete("row").await);
    }

    pub(crate) async fn batches(&mut self) {
        let entries = |keys: &[&str]| -> Vec<(String, Bytes)> {
            keys.iter()
                .map(|key| ((*key).to_owned(), bytes(key)))
                .collect()
        };
        let keys =
            |keys: &[&str]| -> Vec<String> { keys.iter().map(|key| (*key).to_owned()).collect() };
        let empty = self.store.set_many(vec![]).await;
        self.note("set-many of none", Self::batch(empty));
        let empty = self.store.get_many(vec![]).await;
        self.note("get-many of none", Self::batch(empty));
        let empty = self.store.delete_many(vec![]).await;
        self.note("delete-many of none", Self::batch(empty));
        let set = self.store.set_many(entries(&["c", "a", "b"])).await;
        self.note("set-many", Self::batch(set));
        let got = self.store.get_many(keys(&["c", "x", "a", "c", "b"])).await;
        self.note("get-many", Self::batch(got));
        for names in [["a", "c", "a"], ["c", "c", "c"], ["", "a", "a"]] {
            let set = self.store.set_many(entries(&names)).await;
            self.note(format!("set-many {names:?}"), Self::batch(set));
            let got = self.store.get_many(keys(&["a", "b", "c"])).await;
            self.note(format!("set-many {names:?} got"), Self::batch(got));
        }
        let repeated = vec![
            ("r".to_owned(), bytes("1")),
            ("r".to_owned(), bytes("2")),
            ("r".to_owned(), bytes("3")),
        ];
        let set = self.store.set_many(repeated).await;
        self.note("set-many repeated", Self::batch(set));
        let deleted = self.store.delete_many(keys(&["a", "x", "a", "c"])).await;
        self.note("delete-many", Self::batch(deleted));
        let left = self.all("").await;
        self.note("delete-many left", left);
        for size in [1, 26, 101, 1000, 1001] {
            let names: Vec<String> = (0..size).map(|number| format!("m{number:04}")).collect();
            let items = names
                .iter()
                .map(|name| (name.clone(), bytes(name)))
                .collect();
            let set = self.store.set_many(items).await;
            self.note(format!("set-many of {size}"), Self::batch(set));
            let got = self.store.get_many(names.clone()).await;
            self.note(format!("get-many of {size}"), Self::batch(got));
            let deleted = self.store.delete_many(names.clone()).await;
            self.note(format!("delete-many of {size}"), Self::batch(deleted));
            let left = self.all("m").await;
            self.note(format!("left of {size}"), left);
            for part in names.chunks(1000) {
                drop(self.store.delete_many(part.to_vec()).await);
            }
        }
        self.put("b", "").await;
        self.look("batch over", "b").await;
        drop(self.store.delete("b").await);
    }

    pub(crate) async fn lifetimes(&mut self) {
        let year = Duration::from_secs(365 * DAY);
        for ttl in [
            Duration::ZERO,
            Duration::from_nanos(1),
            MILLISECOND - Duration::from_nanos(1),
            MILLISECOND,
            600 * 1000 * MILLISECOND,
            10 * year,
            10 * year + Duration::from_nanos(1),
            Duration::from_nanos(u64::MAX),
        ] {
            self.put("t", "before").await;
            let set = self.store.set_expiring("t", bytes("after"), ttl).await;
            self.note(format!("ttl {ttl:?}"), set);
            if ttl > 2 * MILLISECOND || ttl.is_zero() {
                self.look(&format!("ttl {ttl:?}"), "t").await;
            }
        }
        let minutes = |number: u64| Duration::from_secs(number * 60 + 30);
        for (step, ttl) in [("first", 5), ("longer", 20), ("shorter", 9)] {
            drop(self.store.set_expiring("t", bytes("1"), minutes(ttl)).await);
            self.look(&format!("ttl {step}"), "t").await;
        }
        drop(self.store.set("t", bytes("2")).await);
        self.look("ttl ended by set", "t").await;
        drop(self.store.set_expiring("t", bytes("1"), minutes(9)).await);
        drop(self.store.set_many(vec![("t".into(), bytes("3"))]).await);
        self.look("ttl ended by set-many", "t").await;
        drop(self.store.set_expiring("t", bytes("1"), minutes(9)).await);
        let now = self.version("t").await;
        drop(
            self.store
                .swap("t", bytes("4"), Expected::Version(now))
                .await,
        );
        self.look("ttl ended by swap", "t").await;
        drop(self.store.delete("t").await);
        self.ends().await;
    }

    async fn ends(&mut self) {
        let ttl = 300 * MILLISECOND;
        let keys = ["e1", "e2", "e3", "e4", "e5"];
        for key in keys {
            drop(self.store.set_expiring(key, bytes("1"), ttl).await);
        }
        let version = self.version("e2").await;
        let rest = self.store.remaining("e1").await;
        let fits = |rest: Duration| rest > ttl / 2 && rest <= ttl;
        self.note("rest", rest.map(|rest| rest.map(|rest| rest.map(fits))));
        drop(self.store.set("e5", bytes("stays")).await);
        tokio::time::sleep(ttl * 4 / 5).await;
        let present = self.store.exists("e1").await;
        self.note("not yet", present);
        let rest = self.store.remaining("e1").await;
        let fits = |rest: Duration| rest > Duration::ZERO && rest < ttl / 2;
        self.note(
            "rest later",
            rest.map(|rest| rest.map(|rest| rest.map(fits))),
        );
        tokio::time::sleep(ttl / 5 + 30 * MILLISECOND).await;
        self.look("ended", "e1").await;
        let swapped = self.store.swap("e1", bytes("2"), Expected::Absent).await;
        self.note("ended swap", Self::swapped(swapped));
        let deleted = self.store.delete_if("e2", version.clone()).await;
        self.note("ended delete-if", Self::swapped(deleted));
        let swapped = self
            .store
            .swap("e3", bytes("2"), Expected::Version(version))
            .await;
        self.note("ended swap by version", Self::swapped(swapped));
        let sum = self.store.increment("e4", 1).await;
        self.note("ended increment", sum);
        self.look("ended and set", "e5").await;
        for key in keys {
            drop(self.store.delete(key).await);
        }
        // On a busy machine not every round meets the moment.
        let mut stayed = true;
        for _ in 0..8 {
            let soon = 60 * MILLISECOND;
            drop(self.store.set_expiring("e6", bytes("old"), soon).await);
            while let Ok(Some(Some(rest))) = self.store.remaining("e6").await
                && rest > 15 * MILLISECOND
            {
                tokio::time::sleep(MILLISECOND).await;
            }
            drop(self.store.get("e6").await);
            drop(self.store.set("e6", bytes("new")).await);
            tokio::time::sleep(30 * MILLISECOND).await;
            stayed &= self.store.get("e6").await == Ok(Some(bytes("new")));
            drop(self.store.delete("e6").await);
        }
        self.note("written near its end", stayed);
    }
}
