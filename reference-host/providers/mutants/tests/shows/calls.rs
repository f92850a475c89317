//! The steps, by area.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{Expected, Version};
use futures::StreamExt as _;

use crate::script::{PRIMARY, Script, bytes};

const KEY: usize = 1024;
const VALUE: usize = 16 * 1024 * 1024;

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
}
