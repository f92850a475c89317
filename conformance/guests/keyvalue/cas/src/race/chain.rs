use std::collections::BTreeSet;

use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// Every version is replaced once: two swaps that both expected it would be a
    /// fork of the key's history.
    actors: 6,
    id: "kv.cas.race.chain",
    title: "no version is swapped twice and none is issued twice while instances swap, set and delete",
    clauses: ["KV-CAS-1", "KV-CAS-2", "TYP-VER-1", "KV-CURRENT-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const EACH: usize = 20;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Returns its successful swaps: the version expected, the one returned, and the
/// value written; and the entries that it read.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut seen = Vec::new();
    for step in 0..EACH {
        let value = format!("{index}.{step}");
        if index == 0 && step % 4 == 0 {
            cx.ok(store.set("key", value.as_bytes()).await)?;
            continue;
        }
        if index == 1 && step % 8 == 0 {
            cx.ok(store.delete("key").await)?;
            continue;
        }
        let (expected, result) = match cx.ok(cas::current(&store, "key").await)? {
            Some(entry) => {
                let read = String::from_utf8_lossy(&entry.value).into_owned();
                seen.push(format!("read\n{}\n{read}", entry.version.escape_default()));
                let result = cas::swap(&store, "key", value.as_bytes(), &entry.version).await;
                (entry.version, result)
            }
            None => (
                String::new(),
                cas::create(&store, "key", value.as_bytes()).await,
            ),
        };
        match result {
            Ok(version) => {
                let (to, from) = (version.escape_default(), expected.escape_default());
                seen.push(format!("swap\n{to}\n{value}\n{from}"));
            }
            Err(SwapError::Stale(_)) => {}
            Err(error) => cx.ok(Err(error))?,
        }
    }
    Ok(seen)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let all = seen.concat();
    let events: Vec<Vec<&str>> = all
        .iter()
        .map(|event| event.split('\n').collect())
        .collect();
    let swaps: Vec<&Vec<&str>> = events.iter().filter(|event| event[0] == "swap").collect();
    let (mut expected, mut issued) = (BTreeSet::new(), BTreeSet::new());
    for swap in &swaps {
        cx.check("TYP-VER-1", "collect the versions that swaps returned")
            .that(issued.insert(swap[1]), "a new version", swap[1])?;
        cx.check("KV-CAS-2", "collect the versions that swaps expected")
            .that(
                swap[3].is_empty() || expected.insert(swap[3]),
                "a version that no other swap replaced",
                swap[3],
            )?;
    }
    for read in events.iter().filter(|event| event[0] == "read") {
        let written = swaps.iter().find(|swap| swap[1] == read[1]);
        cx.check(
            "KV-CURRENT-2",
            "compare value and version of entries that were read",
        )
        .that(
            written.is_none_or(|swap| swap[2] == read[2]),
            "the value of the swap that returned this version",
            read[2],
        )?;
    }
    cx.note(format!("{} swaps succeeded", swaps.len()));
    cx.check("KV-CAS-1", "count the successful swaps").that(
        !swaps.is_empty(),
        "one or more",
        &swaps.len(),
    )
}
