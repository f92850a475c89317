//! Many items in few statements. A statement is carried out whole or not at all, so
//! its items end alike.

use std::collections::HashMap;

use bytes::Bytes;
use cloud_contract::Result;

use super::{Store, bytes, column};
use crate::sql::Sql;

/// One statement asks for so many values at most, of which nobody knows the length.
const VALUES_AT_ONCE: usize = 128;
/// And passes so many bytes of values, unless a single value is longer.
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

impl Store {
    pub(super) async fn read_batch(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        let mut results = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(VALUES_AT_ONCE) {
            match self.read_chunk(chunk).await {
                Ok(values) => results.extend(values.into_iter().map(Ok)),
                Err(error) => {
                    results.extend(chunk.iter().map(|_| Err(error.clone())));
                    if error.is_ambiguous() {
                        break;
                    }
                }
            }
        }
        fill(results, keys.len())
    }

    async fn read_chunk(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>> {
        let asked: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes()).collect();
        let rows = self
            .pool
            .query(Sql::GetMany, &[&self.number, &asked])
            .await?;
        let mut found: HashMap<&[u8], Bytes> = HashMap::with_capacity(rows.len());
        for row in &rows {
            found.insert(column(row, 0)?, bytes(row, 1)?);
        }
        Ok(asked.iter().map(|key| found.get(key).cloned()).collect())
    }

    pub(super) async fn write_batch(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(entries.len());
        while results.len() < entries.len() {
            let rest = &entries[results.len()..];
            let chunk = &rest[..first_chunk(rest)];
            let keys: Vec<&[u8]> = chunk.iter().map(|(key, _)| key.as_bytes()).collect();
            let values: Vec<&[u8]> = chunk.iter().map(|(_, value)| value.as_ref()).collect();
            let written = [&self.number as _, &keys as _, &values as _];
            let result = self.pool.query(Sql::SetMany, &written).await.map(drop);
            results.extend(chunk.iter().map(|_| result.clone()));
            if result.is_err_and(|error| error.is_ambiguous()) {
                break;
            }
        }
        fill(results, entries.len())
    }

    pub(super) async fn delete_batch(&self, keys: &[String]) -> Vec<Result<()>> {
        let keys: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes()).collect();
        let result = self
            .pool
            .query(Sql::DeleteMany, &[&self.number, &keys])
            .await
            .map(drop);
        keys.iter().map(|_| result.clone()).collect()
    }
}

/// After a lost connection nothing more is sent: items behind fail like those that
/// were under way.
fn fill<T>(mut results: Vec<Result<T>>, items: usize) -> Vec<Result<T>> {
    if let Some(Err(error)) = results.last() {
        let error = error.clone();
        results.resize_with(items, || Err(error.clone()));
    }
    results
}

/// How many of the entries, at least one, go into the next statement.
fn first_chunk(entries: &[(String, Bytes)]) -> usize {
    let mut sum = 0_usize;
    entries
        .iter()
        .take_while(|(_, value)| {
            sum = sum.saturating_add(value.len());
            sum <= BYTES_AT_ONCE
        })
        .count()
        .max(1)
        .min(entries.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_bounded_but_never_empty() {
        let entries = |lengths: &[usize]| {
            let entry = |length: &usize| (String::new(), Bytes::from(vec![0; *length]));
            lengths.iter().map(entry).collect::<Vec<_>>()
        };
        assert_eq!(first_chunk(&entries(&[BYTES_AT_ONCE + 1, 0])), 1);
        assert_eq!(first_chunk(&entries(&[BYTES_AT_ONCE, 0, 1])), 2);
        assert_eq!(first_chunk(&entries(&[0; 1000])), 1000);
        assert_eq!(first_chunk(&[]), 0);
    }
}
