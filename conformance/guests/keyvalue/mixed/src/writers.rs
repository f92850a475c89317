//! Every function that writes, for races in which one instance writes a key and
//! others act on what they saw of it.

use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment, expiry};

/// Which function writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writer {
    Set,
    SetMany,
    SetExpiring,
    Swap,
    Increment,
    Delete,
}

/// What a writer writes last, so that the others stop.
pub(crate) const END: &[u8] = b"-1";

impl Writer {
    /// The key that this one writes.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Set => "by-set",
            Self::SetMany => "by-set-many",
            Self::SetExpiring => "by-set-expiring",
            Self::Swap => "by-swap",
            Self::Increment => "by-increment",
            Self::Delete => "by-delete",
        }
    }

    /// Writes `number`, or deletes. Returns whether it did: a swap may come late.
    pub(crate) async fn write(
        self,
        cx: &Context,
        store: &Store,
        number: usize,
    ) -> Result<bool, Stop> {
        let (key, value) = (self.key(), number.to_string().into_bytes());
        match self {
            Self::Set => cx.ok(store.set(key, &value).await)?,
            Self::SetMany => cx.ok(batch::set_many(store, &[(key, value)]).await)?,
            Self::SetExpiring => {
                let hour = cx.ttl_limits()?.ttl(3_600_000);
                cx.ok(expiry::set_expiring(store, key, &value, hour).await)?;
            }
            Self::Swap => {
                let swapped = match cx.ok(cas::current(store, key).await)? {
                    Some(entry) => cas::swap(store, key, &value, &entry.version).await,
                    None => cas::create(store, key, &value).await,
                };
                match swapped {
                    Err(cas::SwapError::Stale(_)) => return Ok(false),
                    swapped => drop(cx.ok(swapped)?),
                }
            }
            Self::Increment => drop(cx.ok(increment(store, key, number as i64).await)?),
            Self::Delete => cx.ok(store.delete(key).await)?,
        }
        Ok(true)
    }
}

/// The number that a key holds; none if it is absent.
pub(crate) async fn number(store: &Store, key: &str) -> Result<Option<i64>, Error> {
    let value = store.get(key).await?;
    Ok(value.map(|value| parse(&value)))
}

/// The number in a value.
pub(crate) fn parse(value: &[u8]) -> i64 {
    String::from_utf8_lossy(value).parse().unwrap_or(i64::MIN)
}

/// The rounds of a race: as many as fit into a short time, so that a fast binding
/// has thousands and a slow one is not held up.
pub(crate) struct Rounds {
    done: usize,
    most: usize,
    end: Duration,
}

impl Rounds {
    pub(crate) async fn start(cx: &Context) -> Self {
        Self {
            done: 0,
            most: 2_000,
            end: cx.now().await + Duration::from_millis(50),
        }
    }

    /// For those that end when they see [`END`]: time enough to see it.
    pub(crate) async fn until_end(cx: &Context) -> Self {
        Self {
            done: 0,
            most: usize::MAX,
            end: cx.now().await + Duration::from_secs(1),
        }
    }

    /// The number of the next round, from 1; none if the time is over.
    pub(crate) async fn next(&mut self, cx: &Context) -> Option<usize> {
        // Looking at the clock takes time as well.
        if self.done % 32 == 31 && cx.now().await >= self.end {
            return None;
        }
        self.done += 1;
        (self.done <= self.most).then_some(self.done)
    }
}
