//! Lists, and what is left of a store when its scope is closed: queries of one
//! partition in the order of its keys.

use std::time::Instant;

use aws_sdk_dynamodb::operation::query::QueryOutput;
use cloud_contract::keyvalue::{KeyPage, ListRequest};
use cloud_contract::{Error, Result};

use super::{Store, batch};
use crate::error::{translate, unexpected_reply};
use crate::link::{Service, read};
use crate::record::{self, Item};

/// How many items one request looks at, at most.
const MOST_ITEMS: usize = 1_000;

impl Store {
    pub(super) async fn page(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let prefix = request.prefix.as_bytes();
        let mut after = match request.after {
            Some(after) if after.starts_with(prefix) => {
                Some(record::key(&self.place.partition, after))
            }
            Some(_) => return Err(Error::invalid("cursor: not issued for this list")),
            None => None,
        };
        let begun = Instant::now();
        let mut keys: Vec<String> = Vec::new();
        // One more than the page holds tells whether the list goes on. A request
        // returns fewer where keys have ended, since it looks at no more items than
        // asked for, ended ones included; the next looks at four times as many.
        let mut looks_at = request.limit + 1;
        loop {
            let mut answer = self.query(prefix, after, looks_at).await?;
            looks_at = (looks_at * 4).min(MOST_ITEMS);
            for found in answer.items.take().unwrap_or_default() {
                let key = record::key_of(&found)?.to_vec();
                keys.push(String::from_utf8(key).map_err(|_| unexpected_reply())?);
            }
            if keys.len() > request.limit {
                keys.truncate(request.limit);
                let next = keys.last().map(|key| key.as_bytes().to_vec());
                return Ok(KeyPage { keys, next });
            }
            after = answer.last_evaluated_key.take();
            let Some(place) = &after else {
                return Ok(KeyPage { keys, next: None });
            };
            // A short page is better than one that comes too late.
            if !keys.is_empty() && begun.elapsed() > self.place.service.call_timeout / 2 {
                let next = Some(record::key_of(place)?.to_vec());
                return Ok(KeyPage { keys, next });
            }
        }
    }

    async fn query(
        &self,
        prefix: &[u8],
        after: Option<Item>,
        looks_at: usize,
    ) -> Result<QueryOutput> {
        let now = self.synced().await?.now();
        let request = || {
            let client = &self.place.service.client;
            let query = client
                .query()
                .table_name(&self.place.service.table)
                .expression_attribute_values(":partition", record::text(&*self.place.partition))
                .expression_attribute_values(":now", record::number(now.0))
                .filter_expression("attribute_not_exists(e) OR e > :now")
                .projection_expression("k")
                .consistent_read(true)
                .limit(i32::try_from(looks_at).unwrap_or(i32::MAX))
                .set_exclusive_start_key(after.clone());
            let query = if prefix.is_empty() {
                query.key_condition_expression("p = :partition")
            } else {
                query
                    .key_condition_expression("p = :partition AND begins_with(k, :prefix)")
                    .expression_attribute_values(":prefix", record::bytes(prefix))
            };
            query.send()
        };
        read(request).await.map_err(translate)
    }
}

/// Removes every entry of a store. It asks for the store's own partition alone, and
/// may be repeated.
pub(crate) async fn clear(service: &Service, partition: &str) -> Result<()> {
    let mut after = None;
    loop {
        let request = || {
            service
                .client
                .query()
                .table_name(&service.table)
                .key_condition_expression("p = :partition")
                .expression_attribute_values(":partition", record::text(partition))
                .projection_expression("k")
                .consistent_read(true)
                .limit(MOST_ITEMS as i32)
                .set_exclusive_start_key(after.clone())
                .send()
        };
        let answer = read(request).await.map_err(translate)?;
        let mut keys = Vec::with_capacity(answer.items().len());
        for found in answer.items() {
            keys.push(bytes::Bytes::copy_from_slice(record::key_of(found)?));
        }
        for removed in batch::remove(service, partition, &keys).await {
            removed?;
        }
        after = answer.last_evaluated_key;
        if after.is_none() {
            return Ok(());
        }
    }
}
