//! The stream of keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use cloud_contract::keyvalue::{KeyStream, Page};
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, stream};

use super::store;
use super::tools::other;
use crate::Mutant;
use crate::keyvalue::store::{StoreFault, Target};

/// Turns the correct stream into another one; the target is for those that read
/// another list.
#[derive(Debug)]
struct Changed(fn(&Target, String) -> KeyStream);

impl StoreFault for Changed {
    fn keys(&self, to: &Arc<Target>, prefix: String) -> KeyStream {
        (self.0)(to, prefix)
    }
}

fn correct(to: &Target, prefix: String) -> KeyStream {
    Arc::clone(&to.store).keys(prefix)
}

/// What happens to each page, in place.
fn each_page(to: &Target, prefix: String, change: fn(&mut Vec<String>)) -> KeyStream {
    Box::pin(correct(to, prefix).map(move |page| {
        page.map(|mut keys| {
            change(&mut keys);
            keys
        })
    }))
}

/// Reads the whole list before it delivers the first key.
fn read_ahead(to: &Target, prefix: String) -> KeyStream {
    let list = correct(to, prefix);
    Box::pin(stream::once(list.collect::<Vec<_>>()).flat_map(stream::iter))
}

/// Reads two pages beyond the one it delivers.
fn read_two_ahead(to: &Target, prefix: String) -> KeyStream {
    let list = correct(to, prefix).fuse();
    let state = (list, std::collections::VecDeque::new());
    Box::pin(stream::unfold(state, |(mut list, mut read)| async move {
        while read.len() < 3 {
            match list.next().await {
                Some(page) => read.push_back(page),
                None => break,
            }
        }
        let page = read.pop_front()?;
        Some((page, (list, read)))
    }))
}

/// Ends in an error after a complete list.
fn fails_at_end(to: &Target, prefix: String) -> KeyStream {
    let end = stream::once(async { Err(other("the list came to its end")) });
    Box::pin(correct(to, prefix).chain(end))
}

/// Ends as if all were well when the list fails.
fn swallows_errors(to: &Target, prefix: String) -> KeyStream {
    Box::pin(correct(to, prefix).filter(|page| std::future::ready(page.is_ok())))
}

/// Delivers the whole store before the error.
fn keys_before_error(to: &Target, prefix: String) -> KeyStream {
    let all = correct(to, String::new()).filter(|page| std::future::ready(page.is_ok()));
    let list = correct(to, prefix).peekable();
    let state = (list, Some(all));
    Box::pin(stream::unfold(state, |(mut list, mut all)| async move {
        let failed = match std::pin::Pin::new(&mut list).peek().await {
            None => return None,
            Some(page) => page.is_err(),
        };
        if failed
            && let Some(keys) = &mut all
            && let Some(page) = keys.next().await
        {
            return Some((page, (list, all)));
        }
        let page = list.next().await?;
        Some((page, (list, None)))
    }))
}

/// A stream that is dropped before its end breaks every later list.
#[derive(Debug, Default)]
struct Fragile {
    broken: Arc<AtomicBool>,
}

/// Breaks the store unless the list was read to its end.
struct Open(Arc<AtomicBool>, bool);

impl Drop for Open {
    fn drop(&mut self) {
        if !self.1 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

#[async_trait]
impl StoreFault for Fragile {
    fn keys(&self, to: &Arc<Target>, prefix: String) -> KeyStream {
        if self.broken.load(Ordering::Relaxed) {
            let refusal = Err(other("a list is still open"));
            return Box::pin(stream::once(std::future::ready(refusal)));
        }
        let open = Open(Arc::clone(&self.broken), false);
        let state = (correct(to, prefix), open);
        Box::pin(stream::unfold(state, |(mut list, mut open)| async move {
            let page = list.next().await;
            open.1 = page.as_ref().is_none_or(Result::is_err);
            page.map(|page| (page, (list, open)))
        }))
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(other("a list is still open"));
        }
        to.store.list(prefix, cursor, size).await
    }

    async fn set(&self, to: &Target, key: &str, value: bytes::Bytes) -> Result<()> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(other("a list is still open"));
        }
        to.store.set(key, value).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-keys-misses-last",
        "the stream loses the last key of a page that is not full",
        &["KV-KEYS-1"],
        store!(Changed(|to, prefix| each_page(to, prefix, |keys| {
            if keys.len() < 1000 {
                keys.pop();
            }
        }))),
    ),
    Mutant::new(
        "kv-keys-misses-page-edge",
        "the stream loses the last key of a full page",
        &["KV-KEYS-1"],
        store!(Changed(|to, prefix| each_page(to, prefix, |keys| {
            if keys.len() >= 1000 {
                keys.pop();
            }
        }))),
    ),
    Mutant::new(
        "kv-keys-twice",
        "the stream delivers the first key of each page of several twice",
        &["KV-KEYS-1"],
        store!(Changed(|to, prefix| each_page(to, prefix, |keys| {
            if keys.len() > 1 {
                keys.insert(0, keys[0].clone());
            }
        }))),
    ),
    Mutant::new(
        "kv-keys-unordered",
        "the stream delivers each page from its end",
        &["KV-KEYS-1", "KV-LIST-6"],
        store!(Changed(
            |to, prefix| each_page(to, prefix, |keys| keys.reverse())
        )),
    ),
    Mutant::new(
        "kv-keys-one-page",
        "the stream ends after one page",
        &["KV-KEYS-1"],
        store!(Changed(|to, prefix| Box::pin(correct(to, prefix).take(1)))),
    ),
    Mutant::new(
        "kv-keys-ignores-prefix",
        "the stream delivers all keys, whatever the prefix",
        &["KV-KEYS-1"],
        store!(Changed(|to, prefix| {
            // Prefixes that are refused are refused as ever.
            let prefix = if prefix.len() > 1024 {
                prefix
            } else {
                String::new()
            };
            correct(to, prefix)
        })),
    ),
    Mutant::new(
        "kv-keys-fails-at-end",
        "the stream ends in an error after the whole list",
        &["KV-KEYS-2"],
        store!(Changed(fails_at_end)),
    ),
    Mutant::new(
        "kv-keys-never-ends",
        "the stream stays open after the whole list",
        &["KV-KEYS-2"],
        store!(Changed(|to, prefix| Box::pin(
            correct(to, prefix).chain(stream::pending())
        ))),
    ),
    Mutant::new(
        "kv-keys-swallows-error",
        "the stream of a refused prefix ends with ok",
        &["KV-KEYS-3", "KV-KEYS-4"],
        store!(Changed(swallows_errors)),
    ),
    Mutant::new(
        "kv-keys-wrong-error",
        "the stream of a refused prefix ends with a text",
        &["KV-KEYS-4", "KV-KEYS-3"],
        store!(Changed(|to, prefix| {
            let error = |_: Error| Error::from(ErrorKind::Other("the list failed".into()));
            Box::pin(correct(to, prefix).map(move |page| page.map_err(error)))
        })),
    ),
    Mutant::new(
        "kv-keys-before-error",
        "the stream of a refused prefix delivers keys before its error",
        &["KV-KEYS-4"],
        store!(Changed(keys_before_error)),
    ),
    Mutant::new(
        "kv-keys-drop-breaks",
        "a stream that is dropped before its end breaks later calls",
        &["KV-KEYS-5", "KV-KEYS-7"],
        store!(Fragile::default()),
    ),
    Mutant::new(
        "kv-keys-reads-all",
        "the stream reads the whole list before its first key",
        &["KV-KEYS-6"],
        store!(Changed(read_ahead)),
    ),
    Mutant::new(
        "kv-keys-reads-two-ahead",
        "the stream reads two pages ahead of the guest",
        &["KV-KEYS-6"],
        store!(Changed(read_two_ahead)),
    ),
];
