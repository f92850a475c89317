//! Many items in few transactions. A transaction is carried out whole or not at all, so
//! its items end alike.

use std::collections::HashSet;

use bytes::Bytes;
use cloud_contract::Result;

use super::Store;
use crate::error::translate;
use crate::proto::{RequestOp, TxnRequest};

/// etcd takes 128 operations by default, and a write is two: it reads the lease first.
const WRITES_AT_ONCE: usize = 64;
/// An answer brings so many values at most, of which nobody knows the length.
const READS_AT_ONCE: usize = 64;
/// A request has so many bytes of keys and values, unless a single item is longer.
const BYTES_AT_ONCE: usize = 1024 * 1024;

impl Store {
    pub(super) async fn read_batch(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        let mut results = Vec::with_capacity(keys.len());
        while results.len() < keys.len() {
            let rest = &keys[results.len()..];
            let chunk = &rest[..first_chunk(rest, READS_AT_ONCE, |key| self.length(key))];
            match self.read_chunk(chunk).await {
                Ok(values) => results.extend(values.into_iter().map(Ok)),
                Err(error) => return fill(results, keys.len(), Err(error)),
            }
        }
        results
    }

    async fn read_chunk(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>> {
        let request = TxnRequest {
            success: keys
                .iter()
                .map(|key| RequestOp::get(self.key(key)))
                .collect(),
            ..TxnRequest::default()
        };
        let answer = self.link.txn(request).await.map_err(translate)?;
        let mut values = Vec::with_capacity(keys.len());
        for found in answer.found() {
            values.push(self.living(found).await.map(|kv| kv.value));
        }
        Ok(values)
    }

    pub(super) async fn write_batch(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(entries.len());
        while results.len() < entries.len() {
            let rest = &entries[results.len()..];
            let length = |(key, value): &(String, Bytes)| 2 * self.length(key) + value.len();
            let chunk = &rest[..first_chunk(rest, WRITES_AT_ONCE, length)];
            let operations = chunk
                .iter()
                .flat_map(|(key, value)| {
                    let name = self.key(key);
                    [
                        RequestOp::look(name.clone()),
                        RequestOp::put(name, value.clone(), 0),
                    ]
                })
                .collect();
            match self.change_chunk(operations, true).await {
                Ok(()) => results.extend(chunk.iter().map(|_| Ok(()))),
                Err(error) => return fill(results, entries.len(), Err(error)),
            }
        }
        results
    }

    pub(super) async fn delete_batch(&self, keys: &[String]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(keys.len());
        while results.len() < keys.len() {
            let rest = &keys[results.len()..];
            let chunk = &rest[..first_chunk(rest, WRITES_AT_ONCE, |key| 2 * self.length(key))];
            let once: HashSet<&String> = chunk.iter().collect();
            let operations = once
                .into_iter()
                .flat_map(|key| {
                    let name = self.key(key);
                    [
                        RequestOp::look(name.clone()),
                        RequestOp::delete(name, Bytes::new()),
                    ]
                })
                .collect();
            match self.change_chunk(operations, false).await {
                Ok(()) => results.extend(chunk.iter().map(|_| Ok(()))),
                Err(error) => return fill(results, keys.len(), Err(error)),
            }
        }
        results
    }

    /// Changes keys whose leases the operations read before.
    async fn change_chunk(&self, operations: Vec<RequestOp>, needs_scope: bool) -> Result<()> {
        let request = TxnRequest {
            compare: needs_scope.then(|| self.is_open()).into_iter().collect(),
            success: operations,
            failure: vec![RequestOp::look(self.opening.key.clone())],
        };
        let answer = self.link.txn(request).await.map_err(translate)?;
        if !answer.succeeded {
            return self.was_open(answer.found().next().flatten().as_ref());
        }
        for before in answer.found().flatten() {
            self.forget(before.lease);
        }
        Ok(())
    }

    fn length(&self, key: &str) -> usize {
        self.prefix.len() + key.len()
    }
}

/// After a failure nothing more is sent: the items behind fail alike.
fn fill<T>(mut results: Vec<Result<T>>, items: usize, failure: Result<T>) -> Vec<Result<T>> {
    if let Err(error) = failure {
        results.resize_with(items, || Err(error.clone()));
    }
    results
}

/// How many of the items, at least one, go into the next request.
fn first_chunk<I>(items: &[I], most: usize, length: impl Fn(&I) -> usize) -> usize {
    let mut sum = 0_usize;
    items
        .iter()
        .take(most)
        .take_while(|item| {
            sum = sum.saturating_add(length(item));
            sum <= BYTES_AT_ONCE
        })
        .count()
        .max(1)
        .min(items.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_bounded_but_never_empty() {
        let count = |lengths: &[usize]| first_chunk(lengths, 64, |length| *length);
        assert_eq!(count(&[BYTES_AT_ONCE + 1, 0]), 1);
        assert_eq!(count(&[BYTES_AT_ONCE, 0, 1]), 2);
        assert_eq!(count(&[0; 200]), 64);
        assert_eq!(count(&[]), 0);
    }
}
