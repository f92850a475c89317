use conformance_kit::prelude::*;
use keyvalue::cas::{self, Entry};
use keyvalue::expiry::{self, Lifetime};
use keyvalue::{batch, counters::increment};

case! {
    /// What was dropped may still come, but only as a whole: where the version is
    /// the same before and after some reads, they all have to tell of one state.
    id: "kv.calls.dropped-agrees",
    title: "after a dropped write all functions tell of the state before it or of the one after it",
    clauses: ["TYP-CALL-1", "TYP-VER-1"],
    requires: ["kv.cas", "kv.batch", "kv.counters", "kv.expiry"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const WRITES: usize = 7;

/// Begins a write to `key` and drops it; returns the value that it writes.
async fn drop_write(
    store: &Store,
    kind: usize,
    key: &str,
    old: &str,
    hour: Duration,
) -> Option<&'static [u8]> {
    let new = b"7";
    match kind {
        0 => drop(begin(store.set(key, new)).await),
        1 => drop(begin(expiry::set_expiring(store, key, new, hour)).await),
        2 => drop(begin(batch::set_many(store, &[(key, new)])).await),
        3 => drop(begin(increment(store, key, 7)).await),
        4 if old.is_empty() => drop(begin(cas::create(store, key, new)).await),
        4 => drop(begin(cas::swap(store, key, new, old)).await),
        5 => drop(begin(store.delete(key)).await),
        _ => drop(begin(cas::delete_if(store, key, old)).await),
    }
    (kind < 5).then_some(new)
}

/// Compares what the functions say between two equal answers of `current`.
async fn agree(cx: &Context, store: &Store, key: &str, kind: usize) -> Result<Option<Entry>, Stop> {
    let check = cx.check("TYP-CALL-1", "compare the functions after a dropped write");
    loop {
        let first = check.ok(cas::current(store, key).await)?;
        let value = check.ok(store.get(key).await)?;
        let exists = check.ok(store.exists(key).await)?;
        let listed = cx.all_keys(store, key, None).await?;
        let rest = check.ok(expiry::remaining(store, key).await)?;
        let last = check.ok(cas::current(store, key).await)?;
        let version = |entry: &Option<Entry>| entry.as_ref().map(|entry| entry.version.clone());
        if version(&first) != version(&last) {
            continue;
        }
        check.equal(value, first.as_ref().map(|entry| entry.value.clone()))?;
        check.equal(exists, first.is_some())?;
        let keys: &[&str] = if first.is_some() { &[key] } else { &[] };
        check.keys(&listed, keys)?;
        let ends = first.as_ref().is_some_and(|entry| entry.value == b"7") && kind == 1;
        let right = match (&first, &rest) {
            (None, None) => true,
            (Some(_), Some(Lifetime::Remaining(_))) => ends,
            (Some(_), Some(Lifetime::Permanent)) => !ends,
            _ => false,
        };
        check.that(right, "the lifetime that goes with the value", &rest)?;
        return Ok(first);
    }
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    for round in 0..4 * WRITES {
        let kind = round % WRITES;
        // A key that is there, and one that is new.
        let key = format!("{round:02}");
        let present = round < 2 * WRITES;
        let mut old = String::new();
        if present {
            cx.ok(store.set(&key, b"0").await)?;
            old = cx.version(&store, &key).await?;
        }
        let new = drop_write(&store, kind, &key, &old, hour).await;
        let entry = agree(cx, &store, &key, kind).await?;
        let check = cx.check("TYP-CALL-1", "current after a dropped write");
        let Some(entry) = entry else {
            check.that(
                !present || new.is_none(),
                "the old or the new value",
                "none",
            )?;
            continue;
        };
        let before = present && entry.value == b"0";
        let after = new.is_some_and(|new| entry.value == new);
        check.that(before || after, "the old or the new value", &entry)?;
        cx.check("TYP-VER-1", "compare the version after a dropped write")
            .that(
                (entry.version == old) == before,
                "the version of its value",
                &entry,
            )?;
    }
    Ok(())
}
