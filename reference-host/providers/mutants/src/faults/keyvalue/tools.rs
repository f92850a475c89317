//! What several faults need.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicU32, Ordering as Atomic};
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{Driver, KeyPage, ListRequest};
use cloud_contract::{Error, ErrorKind, Result};

/// An error without a case of its own.
pub(super) fn other(text: &'static str) -> Error {
    ErrorKind::Other(text.into()).into()
}

/// Some text as a value.
pub(super) fn text(text: impl Into<String>) -> Bytes {
    Bytes::from(text.into())
}

/// Every key of a store, in the order of its bytes.
pub(super) async fn every_key(to: &dyn Driver, prefix: &str) -> Result<Vec<String>> {
    let all = ListRequest {
        prefix,
        after: None,
        limit: usize::MAX,
    };
    Ok(to.list(all).await?.keys)
}

/// The page that `request` asks for out of `keys`, which stand in `order`.
pub(super) fn page_of(
    keys: Vec<String>,
    request: ListRequest<'_>,
    order: fn(&str, &str) -> Ordering,
) -> KeyPage {
    let after = request.after.map(String::from_utf8_lossy);
    let mut rest = keys
        .into_iter()
        .filter(|key| after.as_ref().is_none_or(|after| order(key, after).is_gt()));
    let keys: Vec<String> = rest.by_ref().take(request.limit).collect();
    let next = keys.last().map(|last| last.as_bytes().to_vec());
    KeyPage {
        next: next.filter(|_| rest.next().is_some()),
        keys,
    }
}

/// The window between two steps that should have been one. Long enough for
/// another caller to come in between, and open only so often, so that a long row
/// of calls stays short.
#[derive(Debug)]
pub(in crate::faults) struct Window {
    left: AtomicU32,
    /// Nothing is awaited: only a caller on another thread comes in between.
    blocks: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            left: AtomicU32::new(200),
            blocks: false,
        }
    }
}

impl Window {
    /// Between two locks of a provider whose calls never wait.
    pub(in crate::faults) fn between_locks() -> Self {
        Self {
            blocks: true,
            ..Self::default()
        }
    }

    /// Open more often, for what few cases do in long rows.
    pub(in crate::faults) fn often(self) -> Self {
        Self {
            left: AtomicU32::new(2_000),
            ..self
        }
    }

    pub(in crate::faults) async fn open(&self) {
        let take = |left: u32| left.checked_sub(1);
        match self
            .left
            .fetch_update(Atomic::Relaxed, Atomic::Relaxed, take)
        {
            Ok(_) if self.blocks => std::thread::sleep(Duration::from_micros(200)),
            Err(_) if self.blocks => {}
            Ok(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}
