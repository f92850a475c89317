//! What several cases of this component share: many calls at a time, sets of keys
//! that must stay apart, and long or odd keys and values.

use core::future::Future;

use conformance_kit::prelude::*;

/// Calls that a helper has in flight at a time.
const AT_A_TIME: usize = 32;
/// The greatest limit of a key that is tried.
const MOST_KEY_BYTES: usize = 64 * 1024;
/// The longest keys that cases write in numbers.
const LONG_KEY_BYTES: usize = 4096;

/// Makes a call for each item, some at a time; the results in the order of items.
pub(crate) async fn each<'a, I, T, F: Future<Output = T>>(
    items: &'a [I],
    call: impl Fn(&'a I) -> F,
) -> Vec<T> {
    let mut results = Vec::with_capacity(items.len());
    for group in items.chunks(AT_A_TIME) {
        results.extend(together(group.iter().map(&call)).await);
    }
    results
}

/// Proves of an empty store that no two of `keys` are one key to any of its
/// functions. Keys that a provider might take for one another stand side by side:
/// those in even places are written, asked for and deleted while those in odd
/// places are absent, and the other way round.
///
/// The case lists KV-KEY-1, KV-KEY-2 and KV-KEY-6.
pub(crate) async fn apart<K: AsRef<str>>(cx: &Context, store: &Store, keys: &[K]) -> Outcome {
    let salt = cx.random_text(6);
    let entries: Vec<(&str, String)> = (0..)
        .zip(keys)
        .map(|(place, key): (usize, _)| (key.as_ref(), format!("{salt} of key {place}")))
        .collect();
    let at = |parity: usize| -> Vec<(&str, String)> {
        let places = entries.iter().skip(parity).step_by(2);
        places.cloned().collect()
    };
    let (even, odd) = (at(0), at(1));

    write(cx, store, &even).await?;
    are_absent(cx, store, &odd).await?;
    delete(cx, store, &odd).await?;
    are_present(cx, store, &even).await?;
    write(cx, store, &odd).await?;
    are_present(cx, store, &entries).await?;
    are_listed(cx, store, &entries).await?;
    delete(cx, store, &even).await?;
    are_absent(cx, store, &even).await?;
    are_present(cx, store, &odd).await?;
    are_listed(cx, store, &odd).await
}

async fn write(cx: &Context, store: &Store, entries: &[(&str, String)]) -> Outcome {
    let calls = each(entries, |(key, value)| store.set(key, value.as_bytes())).await;
    for ((key, _), written) in entries.iter().zip(calls) {
        cx.check("KV-KEY-1", &format!("set of {}", key.shown()))
            .ok(written)?;
    }
    Ok(())
}

async fn delete(cx: &Context, store: &Store, entries: &[(&str, String)]) -> Outcome {
    let calls = each(entries, |(key, _)| store.delete(key)).await;
    for ((key, _), deleted) in entries.iter().zip(calls) {
        cx.check("KV-KEY-1", &format!("delete of {}", key.shown()))
            .ok(deleted)?;
    }
    Ok(())
}

async fn are_present(cx: &Context, store: &Store, entries: &[(&str, String)]) -> Outcome {
    let values = each(entries, |(key, _)| store.get(key)).await;
    for ((key, value), read) in entries.iter().zip(values) {
        cx.check("KV-KEY-2", &format!("get of {}", key.shown()))
            .value(read, value.as_bytes())?;
    }
    let found = each(entries, |(key, _)| store.exists(key)).await;
    for ((key, _), found) in entries.iter().zip(found) {
        cx.check("KV-KEY-2", &format!("exists of {}", key.shown()))
            .returns(found, true)?;
    }
    Ok(())
}

async fn are_absent(cx: &Context, store: &Store, entries: &[(&str, String)]) -> Outcome {
    let values = each(entries, |(key, _)| store.get(key)).await;
    for ((key, _), read) in entries.iter().zip(values) {
        let message = format!("get of {}, which is absent", key.shown());
        cx.check("KV-KEY-2", &message).none(read)?;
    }
    let found = each(entries, |(key, _)| store.exists(key)).await;
    for ((key, _), found) in entries.iter().zip(found) {
        let message = format!("exists of {}, which is absent", key.shown());
        cx.check("KV-KEY-2", &message).returns(found, false)?;
    }
    Ok(())
}

async fn are_listed(cx: &Context, store: &Store, entries: &[(&str, String)]) -> Outcome {
    let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
    let listed = cx.all_keys(store, "", None).await?;
    cx.check("KV-KEY-6", "read a list of all keys")
        .keys(&listed, &keys)?;
    let (streamed, end) = store.keys("").collect().await;
    cx.ok(end)?;
    cx.check("KV-KEY-6", "read a stream of all keys")
        .keys(&streamed, &keys)
}

/// Keys that are nearly `key`, which a provider might take for it: what it starts
/// with, what starts with it, other spellings, patterns that match it. `key` has
/// at least three characters, all of them letters of ASCII.
pub(crate) fn neighbours(key: &str) -> Vec<String> {
    let (start, end) = (&key[..key.len() - 1], &key[1..]);
    let mut keys = vec![
        start.to_owned(),
        end.to_owned(),
        key[..1].to_owned(),
        key.to_uppercase(),
        key.chars().rev().collect(),
        [key, key].concat(),
    ];
    for added in [
        "a", "0", "/", "/a", "//", ".", ":", " ", "\n", "\0", "*", "%", "-1",
    ] {
        keys.push([key, added].concat());
    }
    for added in ["a", "/", "./", "../", " ", "\0", "*", "\\"] {
        keys.push([added, key].concat());
    }
    for pattern in ["*", "?", "%", "_", "[a-z]", ".*", "**"] {
        keys.push([start, pattern].concat());
        keys.push(pattern.to_owned());
    }
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|neighbour| neighbour != key);
    keys
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

/// The length of the longest keys that a case may write in numbers, in bytes.
pub(crate) fn long_key(cx: &Context) -> Result<usize, Stop> {
    let limit = cx.limit("kv.key.max-bytes")?;
    Ok(usize::try_from(limit).map_or(LONG_KEY_BYTES, |limit| limit.min(LONG_KEY_BYTES)))
}

/// A text of exactly so many bytes: as many of one character as fit, and letters
/// for the rest.
pub(crate) fn filled(character: char, bytes: usize) -> String {
    let width = character.len_utf8();
    let mut text: String = core::iter::repeat_n(character, bytes / width).collect();
    text.extend(core::iter::repeat_n('x', bytes % width));
    text
}

/// The same text with another character of one byte at `place`.
pub(crate) fn changed(text: &str, place: usize, character: char) -> String {
    let mut changed = text.to_owned();
    changed.replace_range(place..=place, character.encode_utf8(&mut [0; 4]));
    changed
}

/// A value of this length that is cheap to make and not the same anywhere in it:
/// its period is a prime number of bytes.
pub(crate) fn big_value(cx: &Context, length: usize) -> Vec<u8> {
    let block = cx.random_bytes(4_099.min(length));
    let mut value = Vec::with_capacity(length);
    while value.len() < length {
        let rest = (length - value.len()).min(block.len());
        value.extend_from_slice(&block[..rest]);
    }
    value
}

/// Writes a value and reads it back, exactly. The case lists KV-VALUE-1.
pub(crate) async fn keeps(cx: &Context, store: &Store, key: &str, value: &[u8]) -> Outcome {
    let message = format!("set of {}", value.shown());
    cx.check("KV-VALUE-1", &message)
        .ok(store.set(key, value).await)?;
    let message = format!("get of {}", value.shown());
    cx.check("KV-VALUE-1", &message)
        .value(store.get(key).await, value)
}

/// Writes each value under a key of its own and reads all of them back, exactly.
/// The case lists KV-VALUE-1.
pub(crate) async fn keeps_all<V: AsRef<[u8]>>(
    cx: &Context,
    store: &Store,
    values: &[V],
) -> Outcome {
    let entries: Vec<(String, &[u8])> = values
        .iter()
        .enumerate()
        .map(|(place, value)| (format!("value-{place}"), value.as_ref()))
        .collect();
    for written in each(&entries, |(key, value)| store.set(key, value)).await {
        cx.check("KV-VALUE-1", "set of one of the values")
            .ok(written)?;
    }
    let values = each(&entries, |(key, _)| store.get(key)).await;
    for ((_, value), read) in entries.iter().zip(values) {
        cx.check("KV-VALUE-1", "get of one of the values")
            .value(read, value)?;
    }
    Ok(())
}
