//! The steps, by area.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{Expected, SwapError, Version};
use futures::StreamExt as _;

use crate::script::{PRIMARY, Script, bytes};

const KEY: usize = 1024;
const VALUE: usize = 16 * 1024 * 1024;
const DAY: u64 = 24 * 60 * 60;
const MILLISECOND: Duration = Duration::from_millis(1);

impl Script {
    pub(crate) async fn keys(&mut self) {
        let long = |end: &str, length: usize| format!("{}{end}", "l".repeat(length - end.len()));
        let mut keys: Vec<String> = [
            "Key",
            "key",
            "KEY",
            "caf\u{e9}",
            "cafe\u{301}",
            "\u{c9}",
            " a",
            "a",
            "a ",
            "a\0",
            "a\0b",
            "\0",
            "a\u{1}",
            "a\u{7f}",
            "a/b",
            "a%2Fb",
            "%41",
            "A",
            "a+b",
            "a b",
            "a//b",
            "a/",
            "/a",
            "a/../b",
            "b",
            "./b",
            ".",
            "..",
            "a\\b",
            "a?b",
            "a*",
            "*",
            "?",
            "[a]",
            "_",
            "%",
            "\u{1f600}",
            "\u{ffff}",
            "a\u{200d}b",
            "ab",
            "abc",
            ".hidden",
            "\u{212b}",
            "\u{c5}",
            "k9",
            "k10",
            "z",
            "Z",
            "zz",
        ]
        .map(str::to_owned)
        .to_vec();
        keys.extend(["1", "2"].map(|end| long(end, 300)));
        keys.extend(["1", "2"].map(|end| long(end, KEY)));
        for (number, key) in keys.iter().enumerate() {
            drop(self.store.set(key, bytes(&number.to_string())).await);
        }
        for key in &keys {
            self.look(&format!("key {key:?}"), key).await;
        }
        let refused = self.store.set("a\0b", bytes("again")).await;
        self.note("nul", refused);
        for key in &keys {
            let counted = self.store.increment(key, 1).await;
            self.note(format!("increment {key:?}"), counted);
        }
        for key in &keys {
            let deleted = self.store.delete(key).await;
            let rest = self.all("").await.map(|keys| keys.len());
            self.note(format!("delete {key:?}"), (deleted, rest));
        }
        for key in keys {
            drop(self.store.delete_many(vec![key]).await);
        }
    }

    pub(crate) async fn values(&mut self) {
        let mut values: Vec<Bytes> = [
            "",
            "1",
            "007",
            "a\0b",
            "text ",
            "a\r\nb",
            "\u{feff}bom",
            "\n",
        ]
        .map(bytes)
        .to_vec();
        values.push(Bytes::from_static(b"\xff\x80"));
        values.extend([256, 66_000, 2 << 20, VALUE].map(|length| Bytes::from(vec![b'x'; length])));
        for (number, value) in values.into_iter().enumerate() {
            let written = self.store.set("value", value).await;
            self.note(format!("value {number} written"), written);
            self.look(&format!("value {number}"), "value").await;
        }
        drop(self.store.delete("value").await);
    }

    pub(crate) async fn arguments(&mut self) {
        let long = "k".repeat(KEY + 1);
        let wide = "\u{e9}".repeat(KEY - 100);
        for (name, key) in [
            ("empty", ""),
            ("long", long.as_str()),
            ("wide", wide.as_str()),
        ] {
            let step = |function: &str| format!("{name} {function}");
            self.look(name, key).await;
            let (set, deleted) = (
                self.store.set(key, bytes("1")).await,
                self.store.delete(key).await,
            );
            self.note(step("set"), (set, deleted));
            let swapped = self.store.swap(key, bytes("1"), Expected::Absent).await;
            self.note(step("swap"), Self::swapped(swapped));
            let deleted = self.store.delete_if(key, Version::const_new("0")).await;
            self.note(step("delete-if"), Self::swapped(deleted));
            let counted = self.store.increment(key, 1).await;
            self.note(step("increment"), counted);
            let many = self
                .store
                .set_many(vec![("good".into(), bytes("1")), (key.into(), bytes("2"))])
                .await;
            self.note(step("set-many"), Self::batch(many));
            let good = self.store.get("good").await;
            self.note(step("set-many good"), good);
            self.put("good", "0").await;
            let many = self
                .store
                .delete_many(vec!["good".into(), key.into(), String::new()])
                .await;
            self.note(step("delete-many"), Self::batch(many));
            let good = self.store.get("good").await;
            self.note(step("delete-many good"), good);
            drop(self.store.delete("good").await);
            let expiring = self
                .store
                .set_expiring(key, bytes("1"), Duration::from_secs(60))
                .await;
            self.note(step("set-expiring"), expiring);
            let zero = self
                .store
                .set_expiring(key, bytes("1"), Duration::ZERO)
                .await;
            self.note(step("set-expiring zero"), zero);
            let none = self.store.list(key, Some("?"), Some(0)).await;
            self.note(step("list all wrong"), none);
        }
        let listed = self.store.list(&long, None, Some(0)).await;
        self.note("long prefix, no size", listed);
        let longest = self.all(&long[1..]).await;
        self.note("longest prefix", longest);
        let nul = self.all("\0").await;
        self.note("prefix with nul", nul);
        let large = Bytes::from(vec![0; VALUE + 1]);
        self.put("large", "before").await;
        let set = self.store.set("large", large.clone()).await;
        self.note("large set", set);
        self.look("large set", "large").await;
        let set = self.store.set(&long, large.clone()).await;
        self.note("large under a long key", set);
        let absent = Expected::Version("0".into());
        for key in ["", "large", long.as_str()] {
            let swapped = self.store.swap(key, large.clone(), absent.clone()).await;
            self.note(
                format!("large swap by version under {}", key.len()),
                Self::swapped(swapped),
            );
        }
        let set = self.store.set("", large.clone()).await;
        self.note("large under no key", set);
        drop(self.store.delete("large").await);
        let swapped = self
            .store
            .swap("large", large.clone(), Expected::Absent)
            .await;
        self.note("large swap", Self::swapped(swapped));
        let many = self
            .store
            .set_many(vec![("large".into(), large.clone())])
            .await;
        self.note("large set-many", Self::batch(many));
        let expiring = self
            .store
            .set_expiring("large", large, Duration::from_secs(9))
            .await;
        self.note("large set-expiring", expiring);
        drop(self.store.delete("large").await);
        for _ in 0..12 {
            drop(self.store.get("").await);
        }
        let set = self.store.set("large", bytes("1")).await;
        self.note("after many refusals", set);
        drop(self.store.delete("large").await);
    }

    pub(crate) async fn basic(&mut self) {
        for (number, text) in [
            "long text",
            "short",
            "longer text than before",
            "",
            "x",
            "x",
        ]
        .iter()
        .enumerate()
        {
            let set = self.store.set("b", bytes(text)).await;
            self.note(format!("basic {number}"), set);
            self.look(&format!("basic {number}"), "b").await;
        }
        for number in 0..60 {
            let text = number.to_string();
            drop(self.store.set("b", bytes(&text)).await);
            let got = self.store.get("b").await;
            self.note(format!("row {number}"), got);
        }
        for key in ["d", "d/e", "d/e/f", "d2", "da"] {
            drop(self.store.set(key, bytes(key)).await);
        }
        drop(self.store.set("d/e", bytes("new")).await);
        let below = self.all("d").await;
        self.note("below", below);
        for key in ["d?", "d*", "d", "d", "never", "never"] {
            let deleted = self.store.delete(key).await;
            let rest = self.all("d").await;
            self.note(
                format!("deleted {key} of {:?}", self.log.len()),
                (deleted, rest),
            );
            self.look(&format!("deleted {key} {:?}", self.log.len()), key)
                .await;
        }
        for turn in 0..3 {
            self.put("again", &turn.to_string()).await;
            self.look(&format!("again {turn}"), "again").await;
            drop(self.store.delete("again").await);
            self.look(&format!("again {turn} deleted"), "again").await;
        }
        for key in ["b", "d/e", "d/e/f", "d2", "da", "two/stores"] {
            drop(self.store.delete(key).await);
        }
    }

    pub(crate) async fn lists(&mut self) {
        let empty = self.all("none").await;
        self.note("list of none", empty);
        for key in [
            "p",
            "p/1",
            "p/2",
            "p/3/4",
            "p10",
            "p9",
            "P",
            "x/p",
            "pq",
            "p%",
            "Q",
            ".p",
            "\u{ff5e}",
            "\u{1f600}",
        ] {
            drop(self.store.set(key, bytes(key)).await);
        }
        for prefix in ["", "p", "p/", "P", "p_", "p%", "p*", " p", "q", "/", "p/1"] {
            let listed = self.all(prefix).await;
            self.note(format!("prefix {prefix:?}"), listed);
            let streamed = self.stream(prefix).await;
            self.note(format!("stream {prefix:?}"), streamed);
            for size in [1, 2, 3, 5, 12, 13, 14] {
                let pages = self.pages(prefix, Some(size), 40).await;
                self.note(format!("pages of {size} of {prefix:?}"), pages);
            }
        }
        for size in [0, 1000, 1001, u32::MAX] {
            let page = self.store.list("", None, Some(size)).await;
            self.note(format!("page of {size}"), page.map(|page| page.keys.len()));
        }
    }

    async fn pages(&mut self, prefix: &str, size: Option<u32>, most: usize) -> Vec<Vec<String>> {
        let (mut pages, mut cursor) = (Vec::new(), None);
        while pages.len() < most {
            match self.store.list(prefix, cursor.as_deref(), size).await {
                Err(error) => {
                    pages.push(vec![format!("{error:?}")]);
                    break;
                }
                Ok(page) => {
                    pages.push(page.keys);
                    cursor = page.cursor;
                    if cursor.is_none() {
                        break;
                    }
                }
            }
        }
        pages
    }

    pub(crate) async fn cursors(&mut self) {
        let first = self.store.list("p", None, Some(2)).await;
        let Ok(Some(cursor)) = first.map(|page| page.cursor) else {
            return;
        };
        let mut changed = cursor.clone();
        changed.pop();
        let other = if cursor.ends_with('A') { 'B' } else { 'A' };
        changed.push(other);
        let keys = |page: cloud_contract::Result<cloud_contract::keyvalue::Page>| {
            page.map(|page| page.keys)
        };
        for (name, prefix, cursor) in [
            ("right", "p", cursor.as_str()),
            ("again", "p", cursor.as_str()),
            ("other prefix", "p/", cursor.as_str()),
            ("changed", "p", changed.as_str()),
            ("garbage", "p", "garbage!"),
            ("empty", "p", ""),
        ] {
            let page = self.store.list(prefix, Some(cursor), Some(2)).await;
            self.note(format!("cursor {name}"), keys(page));
        }
        let larger = self.store.list("p", Some(&cursor), Some(4)).await;
        self.note("cursor with another size", keys(larger));
        let none = self.store.list("p", Some(&cursor), Some(0)).await;
        self.note("cursor without size", keys(none));
        if let Ok(other) = self.first.open_store(PRIMARY).await {
            self.note(
                "cursor by another handle",
                keys(other.list("p", Some(&cursor), Some(2)).await),
            );
        }
        let last = self.store.list("p", None, Some(2)).await;
        if let Ok(page) = last
            && let Some(key) = page.keys.last()
        {
            drop(self.store.delete(key).await);
            drop(self.store.set("p/0", bytes("new")).await);
            let page = self.store.list("p", page.cursor.as_deref(), Some(9)).await;
            self.note("cursor of a deleted key", keys(page));
        }
        for key in self.all("").await.unwrap_or_default() {
            drop(self.store.delete(&key).await);
        }
        let left = self.all("").await;
        self.note("all deleted", left);
    }

    pub(crate) async fn streams(&mut self) {
        let entries: Vec<(String, Bytes)> = (0..4500)
            .map(|number| (format!("s{number:05}"), Bytes::new()))
            .collect();
        for part in entries.chunks(1000) {
            drop(self.store.set_many(part.to_vec()).await);
        }
        let many = self.stream("s").await;
        self.note("long stream", many);
        let pages = self.pages("s", None, 9).await;
        self.note("long list", pages);
        let mut keys = Arc::clone(&self.store).keys("s".to_owned());
        drop(keys.next().await);
        for late in ["s02500", "s03500"] {
            drop(self.store.delete(late).await);
        }
        let moment = Duration::from_millis(500);
        let rest: Vec<_> = tokio::time::timeout(moment, keys.collect())
            .await
            .unwrap_or_default();
        self.note("stream ahead", rest.len());
        let seen = rest
            .into_iter()
            .flatten()
            .flatten()
            .filter(|key| key == "s02500" || key == "s03500");
        self.note("stream saw", seen.collect::<Vec<_>>());
        let mut dropped = Arc::clone(&self.store).keys("s".to_owned());
        drop(dropped.next().await);
        drop(dropped);
        let after = self.store.list("s0", None, Some(1)).await;
        self.note("after a dropped stream", after.map(|page| page.keys));
        let set = self.store.set("s", bytes("1")).await;
        self.note("set after a dropped stream", set);
        let names: Vec<String> = entries.into_iter().map(|(key, _)| key).collect();
        for part in names.chunks(1000) {
            drop(self.store.delete_many(part.to_vec()).await);
        }
        drop(self.store.delete("s").await);
        let left = self.all("").await;
        self.note("streams deleted", left);
    }

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
