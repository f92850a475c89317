//! Many documents in few requests, each with a result of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use cloud_contract::{Error, Result};
use futures::{StreamExt as _, stream};

use super::Core;
use crate::error::{Failure, Verdict};
use crate::record::{Change, Condition, Content, FIELDS, State, Stay};

/// How many documents one request reads.
const READS_AT_ONCE: usize = 100;
/// How many writes one request makes. The service takes 500.
const WRITES_AT_ONCE: usize = 100;
/// And of how many bytes, unless a single one is longer. The service takes 10 MiB,
/// the emulator 4 MiB.
const BYTES_AT_ONCE: usize = 3 * 1024 * 1024;
/// How many requests of one batch are under way at a time.
const REQUESTS_AT_ONCE: usize = 4;

pub(super) async fn get_many(core: &Arc<Core>, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
    let chunks: Vec<Vec<String>> = keys
        .chunks(READS_AT_ONCE)
        .map(|chunk| {
            let documents = chunk.iter().map(|key| core.names.entry(key.as_bytes()));
            documents.collect()
        })
        .collect();
    let results = stream::iter(chunks)
        .map(|documents| read(core, documents))
        .buffered(REQUESTS_AT_ONCE);
    results.concat().await
}

async fn read(core: &Core, documents: Vec<String>) -> Vec<Result<Option<Bytes>>> {
    // The service returns each document once.
    let found = match core.link.read(documents.clone(), FIELDS).await {
        Ok(found) => found,
        Err(failure) => return vec![Err(failure.into()); documents.len()],
    };
    let now = core.link.clock.latest();
    let mut values: HashMap<String, Result<Option<Bytes>>> = HashMap::with_capacity(found.len());
    for document in found {
        let name = document.name.clone();
        let value =
            State::read(document, true).map(|state| (!state.has_ended(now)).then_some(state.value));
        values.insert(name, value);
    }
    documents
        .iter()
        .map(|document| values.get(document).cloned().unwrap_or(Ok(None)))
        .collect()
}

pub(super) async fn set_many(core: &Arc<Core>, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
    let changes = entries.iter().map(|(key, value)| Change {
        document: core.names.entry(key.as_bytes()),
        content: Content::Entry(value.clone(), Stay::Forever),
        condition: Condition::Any,
    });
    change_many(core, changes.collect()).await
}

pub(super) async fn delete_many(core: &Arc<Core>, keys: &[String]) -> Vec<Result<()>> {
    // The service takes each document once.
    let mut seen = HashSet::with_capacity(keys.len());
    let unique: Vec<&String> = keys.iter().filter(|key| seen.insert(*key)).collect();
    let changes = unique.iter().map(|key| {
        let document = core.names.entry(key.as_bytes());
        Change::remove(document, Condition::Any)
    });
    let results = change_many(core, changes.collect()).await;
    if unique.len() == keys.len() {
        return results;
    }
    let results: HashMap<&String, Result<()>> = unique.into_iter().zip(results).collect();
    keys.iter().map(|key| results[key].clone()).collect()
}

async fn change_many(core: &Arc<Core>, changes: Vec<Change>) -> Vec<Result<()>> {
    let mut chunks = Vec::new();
    let mut rest = changes;
    while !rest.is_empty() {
        let behind = rest.split_off(first_chunk(&rest));
        chunks.push(std::mem::replace(&mut rest, behind));
    }
    let results = stream::iter(chunks)
        .map(|chunk| write(core, chunk))
        .buffered(REQUESTS_AT_ONCE);
    results.concat().await
}

/// Makes changes, and again those that met contention and so were not made.
async fn write(core: &Arc<Core>, changes: Vec<Change>) -> Vec<Result<()>> {
    let count = changes.len();
    let link = Arc::clone(&core.link);
    let work = async move {
        let mut results = vec![Ok(()); changes.len()];
        let mut left: Vec<usize> = (0..changes.len()).collect();
        let mut changes = changes;
        let mut pauses = link.pauses();
        loop {
            let answers = match link.change_many(&changes).await {
                Ok(answers) => answers,
                Err(failure) => vec![Err(failure); changes.len()],
            };
            let mut again: Vec<bool> = Vec::with_capacity(answers.len());
            for (&place, answer) in left.iter().zip(answers) {
                again.push(is_contended(&answer));
                results[place] = answer.map_err(Error::from);
            }
            let mut flags = again.iter();
            left.retain(|_| flags.next() == Some(&true));
            let mut flags = again.iter();
            changes.retain(|_| flags.next() == Some(&true));
            if left.is_empty() || !pauses.pause().await {
                return results;
            }
        }
    };
    match core.gate.carry(work).await {
        Ok(results) => results,
        Err(error) => vec![Err(error); count],
    }
}

fn is_contended(answer: &Result<(), Failure>) -> bool {
    matches!(answer, Err(failure) if failure.verdict == Verdict::Contended)
}

/// How many of the changes, at least one, go into the next request.
fn first_chunk(changes: &[Change]) -> usize {
    let mut sum = 0_usize;
    changes
        .iter()
        .take(WRITES_AT_ONCE)
        .take_while(|change| {
            sum = sum.saturating_add(change.bytes());
            sum <= BYTES_AT_ONCE
        })
        .count()
        .max(1)
        .min(changes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_bounded_and_never_empty() {
        let chunk = |sizes: &[usize]| {
            let change = |&size: &usize| Change {
                document: String::new(),
                content: Content::Entry(Bytes::from(vec![0; size]), Stay::Forever),
                condition: Condition::Any,
            };
            first_chunk(&sizes.iter().map(change).collect::<Vec<_>>())
        };
        assert_eq!(chunk(&[0; 1000]), WRITES_AT_ONCE);
        assert_eq!(chunk(&[BYTES_AT_ONCE + 1, 1]), 1);
        assert_eq!(chunk(&[BYTES_AT_ONCE / 2; 3]), 1);
        assert_eq!(chunk(&[BYTES_AT_ONCE / 3; 3]), 2);
        assert_eq!(chunk(&[1]), 1);
    }
}
