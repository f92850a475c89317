//! Writing one key: under a condition, and with a time to live.

use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{Conditional, Expected, Version};
use cloud_contract::{Error, ErrorKind, Result, feature};
use tracing::debug;

use super::{ATTEMPTS, MILLISECOND, Store, state_is};
use crate::error::{lease_exists, translate};
use crate::lease;
use crate::proto::{Compare, KeyValue, LeaseGrantRequest, RequestOp, TxnRequest};
use crate::version::State;

/// How much longer a lease is than the life of its key, in seconds.
const LEASE_EXTRA: i64 = 5;

impl Store {
    /// That the scope is open and was never closed since.
    pub(super) fn is_open(&self) -> Compare {
        Compare::created(self.opening.key.clone(), self.opening.revision)
    }

    /// What to read when a condition did not hold: the scope and the key.
    pub(super) fn state_of(&self, name: &Bytes) -> Vec<RequestOp> {
        vec![
            RequestOp::look(self.opening.key.clone()),
            RequestOp::get(name.clone()),
        ]
    }

    /// # Errors
    /// `not-found` if the scope was closed.
    pub(super) fn was_open(&self, scope: Option<&KeyValue>) -> Result<()> {
        match scope {
            Some(scope) if scope.create_revision == self.opening.revision => Ok(()),
            _ => Err(ErrorKind::NotFound.into()),
        }
    }

    /// The state that a version shows, if a key in it can be there still.
    pub(super) async fn readable(&self, version: &str) -> Option<State> {
        let state = State::read(version)?;
        let has_ended = self.has_ended(state.lease).await;
        (!has_ended).then_some(state)
    }

    /// Writes with a lease that is there, or with 0.
    pub(super) async fn write(
        &self,
        key: &str,
        value: Bytes,
        lease: i64,
        expected: &Expected,
    ) -> Result<Conditional<Option<Version>>> {
        let name = self.key(key);
        let mut condition = match expected {
            Expected::Any => Vec::new(),
            Expected::Absent => vec![Compare::created(name.clone(), 0)],
            Expected::Version(version) => match self.readable(version).await {
                Some(state) => state_is(&name, state),
                None => {
                    let found = self.look(key, false).await?;
                    return Ok(Conditional::Stale(self.living_entry(found).await));
                }
            },
        };
        for _ in 0..ATTEMPTS {
            let mut compare = vec![self.is_open()];
            compare.append(&mut condition);
            let request = TxnRequest {
                compare,
                success: vec![
                    // The lease that the key has so far.
                    RequestOp::look(name.clone()),
                    RequestOp::put(name.clone(), value.clone(), lease),
                ],
                failure: self.state_of(&name),
            };
            let answer = self.link.txn(request).await.map_err(translate)?;
            let (succeeded, revision) = (answer.succeeded, answer.revision());
            let mut states = answer.found();
            if succeeded {
                let before = states.next().flatten();
                self.forget(before.map_or(0, |kv| kv.lease));
                let version = State { revision, lease }.version();
                return Ok(Conditional::Done(Some(version)));
            }
            self.was_open(states.next().flatten().as_ref())?;
            let found = states.next().flatten();
            let state = found.as_ref().map(State::of);
            let living = self.living_entry(found).await;
            match (expected, state) {
                // Of an entry that has ended, only the name is there.
                (Expected::Absent, Some(state)) if living.is_none() => {
                    condition = state_is(&name, state);
                }
                // It has gone in the meantime.
                (Expected::Absent, None) => condition = vec![Compare::created(name.clone(), 0)],
                _ => return Ok(Conditional::Stale(living)),
            }
        }
        Err(ErrorKind::Throttled { retry_after: None }.into())
    }

    /// Makes a lease and writes with it. A task of its own: a caller that goes away in
    /// between leaves no lease behind.
    pub(super) async fn write_expiring(
        &self,
        key: &str,
        value: Bytes,
        ttl: Duration,
        expected: Expected,
    ) -> Result<Conditional<Option<Version>>> {
        let (store, key) = (self.clone(), key.to_owned());
        let task = tokio::spawn(async move {
            let lease = store.lease(ttl).await?;
            let written = store.write(&key, value, lease, &expected).await;
            // After a lost answer the key may have it.
            let unused = match &written {
                Ok(Conditional::Done(_)) => false,
                Ok(Conditional::Stale(_)) => true,
                Err(error) => !error.is_ambiguous(),
            };
            if unused {
                store.forget(lease);
            }
            written
        });
        match task.await {
            Ok(written) => written,
            Err(error) => Err(Error::with_source(ErrorKind::Unavailable, error)),
        }
    }

    /// A new lease for a key that is to live so long from now on.
    async fn lease(&self, ttl: Duration) -> Result<i64> {
        let clock = self.link.clock().await;
        let clock = clock.ok_or_else(|| Error::unsupported(feature::KV_EXPIRY))?;
        let ends = clock.end_of(ttl).ok_or(ErrorKind::Unavailable)?;
        let left = ends.saturating_sub(clock.passed());
        // Up, so that no key ends early.
        let ends = ends.div_euclid(MILLISECOND) + 1;
        loop {
            let request = LeaseGrantRequest {
                ttl: left / (1_000 * MILLISECOND) + LEASE_EXTRA,
                id: lease::number(ends),
            };
            let id = request.id;
            match self.link.grant(request).await {
                Ok(_) => return Ok(id),
                // One of two million that end in this millisecond has the number.
                Err(status) if lease_exists(&status) => {}
                Err(status) => return Err(translate(status)),
            }
        }
    }

    /// Ends a lease that no key has any more, and does not wait for it. It would run
    /// out by itself.
    pub(super) fn forget(&self, lease: i64) {
        if lease == 0 {
            return;
        }
        let link = self.link.clone();
        tokio::spawn(async move {
            if let Err(error) = link.revoke(lease).await {
                debug!(%error, "a lease is left to run out");
            }
        });
    }
}
