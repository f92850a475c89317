//! What several cases of this component share: entries to write, and proofs of
//! what a store holds.

use core::future::Future;

use conformance_kit::prelude::*;
use keyvalue::batch::{self, BatchError};

/// A key and its value.
pub(crate) type Item = (String, Vec<u8>);

/// How many items every binding takes at a time.
pub(crate) const FLOOR: usize = 25;
/// The largest batches that cases write.
const LARGEST: u64 = 1_200;
/// The greatest limit of a key that is tried.
const MOST_KEY_BYTES: usize = 64 * 1024;
/// Calls that a helper has in flight at a time.
const AT_A_TIME: usize = 32;

/// Keys that something between guest and service might take for something else,
/// or for one another.
pub(crate) const ODD_KEYS: [&str; 48] = [
    "a",
    "A",
    "a ",
    " a",
    " ",
    "a\0",
    "a\0b",
    "\0",
    "a\n",
    "\n",
    "a/",
    "/a",
    "a/b",
    "a//b",
    "/",
    ".",
    "..",
    "a/../b",
    "*",
    "a*",
    "?",
    "%",
    "%61",
    "_",
    "[a]",
    "{a}",
    "\\",
    "a\\b",
    "\"",
    "'",
    "a:b",
    "a,b",
    "a;b",
    "$a",
    "é",
    "e\u{301}",
    "ß",
    "ss",
    "😀",
    "\u{202e}a",
    "\u{feff}a",
    "\u{7f}",
    "\u{80}",
    "\u{ffff}",
    "\u{10ffff}",
    "0",
    "-1",
    "null",
];

/// Makes a call for each item, some at a time; the results in the order of items.
async fn each<'a, I, T, F: Future<Output = T>>(
    items: &'a [I],
    call: impl Fn(&'a I) -> F,
) -> Vec<T> {
    let mut results = Vec::with_capacity(items.len());
    for group in items.chunks(AT_A_TIME) {
        results.extend(together(group.iter().map(&call)).await);
    }
    results
}

/// So many items with keys that start with `prefix`, none the start of another,
/// and random values of up to 40 bytes, some of them empty. No two calls return
/// the same key.
pub(crate) fn some_items(cx: &Context, prefix: &str, count: usize) -> Vec<Item> {
    let mark = cx.random_text(7);
    (0..count)
        .map(|number| {
            let length = 1 + cx.random_below(8) as usize;
            let end = format!("-{mark}{number}.");
            let key = [prefix, &cx.random_text(length), &end].concat();
            (key, cx.random_bytes(cx.random_below(40) as usize))
        })
        .collect()
}

/// Items of more than two mebibytes together, or as many as the limits of the
/// binding allow.
pub(crate) fn megabytes(cx: &Context) -> Result<Vec<Item>, Stop> {
    const TOTAL: usize = 9 << 18;
    let length = cx.limit("kv.value.max-bytes")?.min(64 << 10) as usize;
    let count = up_to(cx, TOTAL / length)?;
    let block = cx.random_bytes(length);
    let item = |number: usize| {
        let mut value = block.clone();
        value[..2].copy_from_slice(&(number as u16).to_le_bytes());
        (format!("key-{number}"), value)
    };
    Ok((0..count).map(item).collect())
}

/// The same keys with other values.
pub(crate) fn with_new_values(cx: &Context, items: &[Item]) -> Vec<Item> {
    let mark = cx.random_text(4);
    let value = |key: &str| [&mark, " of ", key].concat().into_bytes();
    items
        .iter()
        .map(|(key, _)| (key.clone(), value(key)))
        .collect()
}

/// The keys of `items`.
pub(crate) fn keys_of(items: &[Item]) -> Vec<&str> {
    items.iter().map(|(key, _)| key.as_str()).collect()
}

/// Puts `items` into a random order.
pub(crate) fn shuffle<T>(cx: &Context, items: &mut [T]) {
    for place in (1..items.len()).rev() {
        items.swap(place, cx.random_below(place as u64 + 1) as usize);
    }
}

/// The most items of a batch, if cases can write so many; else notes it.
pub(crate) fn limit_to_try(cx: &Context) -> Result<Option<usize>, Stop> {
    let limit = cx.limit("kv.batch.max-items")?;
    if limit <= LARGEST {
        return Ok(Some(limit as usize));
    }
    cx.note(format!("kv.batch.max-items of {limit} was not tried"));
    Ok(None)
}

/// The limit of a key if it is small enough to be tried with several keys;
/// otherwise notes that it was not tried.
pub(crate) fn key_limit(cx: &Context) -> Result<Option<usize>, Stop> {
    let limit = cx.small_limit("kv.key.max-bytes")?;
    if limit.is_some_and(|limit| limit > MOST_KEY_BYTES) {
        cx.note("the limit of a key was not tried");
        return Ok(None);
    }
    Ok(limit)
}

/// A number of items that the binding takes, at most `wanted`.
pub(crate) fn up_to(cx: &Context, wanted: usize) -> Result<usize, Stop> {
    let limit = cx.limit("kv.batch.max-items")?;
    Ok(usize::try_from(limit).map_or(wanted, |limit| wanted.min(limit)))
}

/// Writes `items` one by one, with `set`.
pub(crate) async fn put(cx: &Context, store: &Store, items: &[Item]) -> Outcome {
    for written in each(items, |(key, value)| store.set(key, value)).await {
        cx.ok(written)?;
    }
    Ok(())
}

/// Deletes `keys` one by one, with `delete`.
pub(crate) async fn remove<K: AsRef<str>>(cx: &Context, store: &Store, keys: &[K]) -> Outcome {
    for deleted in each(keys, |key| store.delete(key.as_ref())).await {
        cx.ok(deleted)?;
    }
    Ok(())
}

/// Proves that the keys of `items` have these values, with `get`.
pub(crate) async fn holds(cx: &Context, clause: &str, store: &Store, items: &[Item]) -> Outcome {
    let values = each(items, |(key, _)| store.get(key)).await;
    for (place, ((key, value), read)) in items.iter().zip(values).enumerate() {
        let message = format!("get of {}, item {place} of {}", key.shown(), items.len());
        cx.check(clause, &message).value(read, value)?;
    }
    Ok(())
}

/// Proves that `keys` are absent, with `get`.
pub(crate) async fn lacks<K: AsRef<str>>(
    cx: &Context,
    clause: &str,
    store: &Store,
    keys: &[K],
) -> Outcome {
    let values = each(keys, |key| store.get(key.as_ref())).await;
    for (place, (key, read)) in keys.iter().zip(values).enumerate() {
        let key = key.as_ref().shown();
        let message = format!("get of {key}, item {place} of {}", keys.len());
        cx.check(clause, &message).none(read)?;
    }
    Ok(())
}

/// Proves that the store holds `items` and nothing else.
pub(crate) async fn is_exactly(
    cx: &Context,
    clause: &str,
    store: &Store,
    items: &[Item],
) -> Outcome {
    let listed = cx.all_keys(store, "", None).await?;
    cx.check(clause, "read a list of all keys")
        .keys(&listed, &keys_of(items))?;
    holds(cx, clause, store, items).await
}

/// Proves that the three functions refuse `keys` in this way. The values that
/// `set-many` gets for them are small.
pub(crate) async fn all_refuse<K: AsRef<str>>(
    cx: &Context,
    clause: &str,
    store: &Store,
    keys: &[K],
    kind: Kind,
    indices: &[u32],
) -> Outcome {
    cx.check(clause, &format!("get-many of {} keys", keys.len()))
        .refused(batch::get_many(store, keys).await, kind, indices)?;
    cx.check(clause, &format!("delete-many of {} keys", keys.len()))
        .refused(batch::delete_many(store, keys).await, kind, indices)?;
    let items: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_ref(), "refused")).collect();
    cx.check(clause, &format!("set-many of {} items", keys.len()))
        .refused(batch::set_many(store, &items).await, kind, indices)
}

/// `set-many` in batches of at most `size` items.
pub(crate) async fn set_in_batches(
    store: &Store,
    items: &[Item],
    size: usize,
) -> Result<(), BatchError> {
    for part in items.chunks(size) {
        batch::set_many(store, part).await?;
    }
    Ok(())
}
