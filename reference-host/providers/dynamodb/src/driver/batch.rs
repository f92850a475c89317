//! Many keys in few requests, each item with a result of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use bytes::Bytes;
use cloud_contract::{Error, Result};
use futures::StreamExt as _;
use futures::stream;

use super::{Place, Store};
use crate::error::{throttled, translate, unexpected_reply};
use crate::link::{Service, pause, read, write};
use crate::record::{self, Item, NewEntry};

/// The most items that a request may hold.
const READS_AT_ONCE: usize = 100;
const WRITES_AT_ONCE: usize = 25;
/// How many requests of one batch are on their way at a time.
const REQUESTS: usize = 4;

/// What was found out about keys.
type Values = HashMap<Vec<u8>, Result<Option<Bytes>>>;

/// A time until which items that the service put off are sent again.
struct Patience {
    until: Instant,
    /// Answers in a row that brought nothing.
    idle: u32,
}

impl Patience {
    fn new(service: &Service) -> Self {
        Self {
            until: Instant::now() + service.call_timeout / 2,
            idle: 0,
        }
    }

    /// Whether to go on. Waits where the last answer brought nothing.
    async fn goes_on(&mut self, progress: bool) -> bool {
        self.idle = if progress { 0 } else { self.idle + 1 };
        if self.idle > 0 {
            pause(self.idle).await;
        }
        Instant::now() < self.until
    }
}

impl Store {
    pub(super) async fn read_all(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        // A request may not name a key twice.
        let distinct: HashSet<&[u8]> = keys.iter().map(String::as_bytes).collect();
        let distinct: Vec<&[u8]> = distinct.into_iter().collect();
        let mut found = HashMap::with_capacity(distinct.len());
        for chunk in distinct.chunks(READS_AT_ONCE) {
            self.place.read_some(chunk, &mut found).await;
        }
        keys.iter()
            .map(|key| found.get(key.as_bytes()).cloned().unwrap_or(Ok(None)))
            .collect()
    }

    pub(super) async fn write_all(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let place = self.place.clone();
        let new: Vec<NewEntry> = entries
            .iter()
            .map(|(key, value)| NewEntry {
                key: Bytes::copy_from_slice(key.as_bytes()),
                value: value.clone(),
                version: record::fresh_version(),
                end: None,
            })
            .collect();
        self.run_all(entries.len(), async move {
            let partition = &place.partition;
            let puts = new.iter().map(|new| {
                let request = PutRequest::builder().set_item(Some(new.item(partition)));
                let request = request.build().map_err(incomplete)?;
                Ok(WriteRequest::builder().put_request(request).build())
            });
            send(&place.service, puts).await
        })
        .await
    }

    pub(super) async fn remove_all(&self, keys: &[String]) -> Vec<Result<()>> {
        let Place { service, partition } = self.place.clone();
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(keys.len());
        let mut distinct: Vec<Bytes> = Vec::with_capacity(keys.len());
        let place_of: Vec<usize> = keys
            .iter()
            .map(|key| {
                *places.entry(key).or_insert_with(|| {
                    distinct.push(Bytes::copy_from_slice(key.as_bytes()));
                    distinct.len() - 1
                })
            })
            .collect();
        let results = self
            .run_all(distinct.len(), async move {
                remove(&service, &partition, &distinct).await
            })
            .await;
        let result_of = |place: usize| results[place].clone();
        place_of.into_iter().map(result_of).collect()
    }

    /// A batch of writes that goes on without its caller.
    async fn run_all(
        &self,
        items: usize,
        work: impl Future<Output = Vec<Result<()>>> + Send + 'static,
    ) -> Vec<Result<()>> {
        match self.registration.run(async { Ok(work.await) }).await {
            Ok(results) => results,
            Err(error) => vec![Err(error); items],
        }
    }
}

impl Place {
    /// Reads keys, no more than a request may name. What is not in `values` after
    /// it is absent.
    async fn read_some(&self, keys: &[&[u8]], values: &mut Values) {
        let mut wanted: Vec<Item> = keys
            .iter()
            .map(|key| record::key(&self.partition, key))
            .collect();
        let mut patience = Patience::new(&self.service);
        let failed = loop {
            let (found, left) = match self.ask(&wanted).await {
                Ok(answer) => answer,
                Err(error) => break error,
            };
            let now = self.service.clock.now();
            if let Err(error) = found.into_iter().try_for_each(|found| {
                let key = record::key_of(&found)?.to_vec();
                let value = record::live(found, now);
                let value =
                    value.and_then(|it| it.map(|mut it| record::value(&mut it)).transpose());
                values.insert(key, value);
                Ok(())
            }) {
                break error;
            }
            let progress = left.len() < wanted.len();
            wanted = left;
            if wanted.is_empty() {
                return;
            }
            if !patience.goes_on(progress).await {
                break throttled();
            }
        };
        for key in wanted.iter().filter_map(|left| record::key_of(left).ok()) {
            values.insert(key.to_vec(), Err(failed.clone()));
        }
    }

    /// One request: the items found, and the keys that the service put off.
    async fn ask(&self, wanted: &[Item]) -> Result<(Vec<Item>, Vec<Item>)> {
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(wanted.to_vec()))
            .projection_expression("k, v, n, e")
            .consistent_read(true)
            .build()
            .map_err(incomplete)?;
        let table = &self.service.table;
        let request = || {
            let client = &self.service.client;
            let request = client.batch_get_item();
            request.request_items(table, keys.clone()).send()
        };
        let answer = read(request).await.map_err(translate)?;
        let found = answer.responses.and_then(|mut all| all.remove(table));
        let left = answer
            .unprocessed_keys
            .and_then(|mut all| all.remove(table));
        Ok((
            found.unwrap_or_default(),
            left.map(|left| left.keys).unwrap_or_default(),
        ))
    }
}

/// Removes keys, each of which stands there once.
pub(super) async fn remove(service: &Service, partition: &str, keys: &[Bytes]) -> Vec<Result<()>> {
    let deletes = keys.iter().map(|key| {
        let request = DeleteRequest::builder().set_key(Some(record::key(partition, key)));
        let request = request.build().map_err(incomplete)?;
        Ok(WriteRequest::builder().delete_request(request).build())
    });
    send(service, deletes).await
}

/// Sends writes, each to a key of its own; one result for each in their order.
async fn send(
    service: &Service,
    writes: impl Iterator<Item = Result<WriteRequest>>,
) -> Vec<Result<()>> {
    let writes: Vec<WriteRequest> = match writes.collect() {
        Ok(writes) => writes,
        Err(error) => return vec![Err(error)],
    };
    let chunks: Vec<Vec<WriteRequest>> = writes
        .chunks(WRITES_AT_ONCE)
        .map(<[WriteRequest]>::to_vec)
        .collect();
    stream::iter(chunks)
        .map(|chunk| send_some(service, chunk))
        .buffered(REQUESTS)
        .flat_map(stream::iter)
        .collect()
        .await
}

/// Sends no more writes than a request may hold. What the service puts off it did not
/// carry out, so that is sent again; what may have been carried out is not.
async fn send_some(service: &Service, writes: Vec<WriteRequest>) -> Vec<Result<()>> {
    let keys: Vec<Arc<[u8]>> = writes.iter().map(|write| key_of(write).into()).collect();
    let mut left = writes;
    let mut patience = Patience::new(service);
    let failed = loop {
        let request = || {
            let request = service.client.batch_write_item();
            request.request_items(&service.table, left.clone()).send()
        };
        let answer = match write(request).await {
            Ok(answer) => answer,
            Err(error) => break translate(error),
        };
        let before = left.len();
        left = answer
            .unprocessed_items
            .and_then(|mut all| all.remove(&service.table))
            .unwrap_or_default();
        if left.is_empty() {
            return vec![Ok(()); keys.len()];
        }
        if !patience.goes_on(left.len() < before).await {
            break throttled();
        }
    };
    let is_left = |key: &[u8]| left.iter().any(|write| key_of(write) == key);
    keys.iter()
        .map(|key| match is_left(key) {
            true => Err(failed.clone()),
            false => Ok(()),
        })
        .collect()
}

fn key_of(write: &WriteRequest) -> &[u8] {
    let put = write.put_request().map(PutRequest::item);
    let item = put.or_else(|| write.delete_request().map(DeleteRequest::key));
    // One of ours has a key.
    item.and_then(|item| record::key_of(item).ok())
        .unwrap_or_default()
}

/// What the SDK takes for incomplete, which ours is not.
fn incomplete(_: aws_sdk_dynamodb::error::BuildError) -> Error {
    unexpected_reply()
}
