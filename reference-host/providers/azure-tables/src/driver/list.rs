//! Lists: ranges of entities, without their values.

use cloud_contract::keyvalue::{KeyPage, ListRequest};
use cloud_contract::{Error, Result};
use serde_json::{Map, Value};

use super::Store;
use crate::error::unexpected_reply;
use crate::record;

/// The most entities that the service puts into one answer.
const MOST: usize = 1_000;
/// After so many entries that have ended some are removed.
const ENDED: usize = 16;

impl Store {
    pub(super) async fn list_keys(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let prefix = request.prefix.as_bytes();
        if request
            .after
            .is_some_and(|after| !after.starts_with(prefix))
        {
            return Err(Error::invalid("cursor: not issued for this list"));
        }
        let mut keys: Vec<String> = Vec::new();
        // One more than the page holds tells whether the list goes on.
        let mut most = (request.limit + 1).min(MOST);
        let mut ended = 0;
        for filter in self.space.filters(prefix, request.after) {
            // An answer can be short, or empty, and the range go on all the same.
            let mut from: Option<String> = None;
            loop {
                let select = "PartitionKey,RowKey,d";
                let page = self
                    .table
                    .query(&filter, select, most, from.as_deref(), false)
                    .await?;
                // Where much has ended, few requests should find the rest.
                most = MOST;
                for mut entity in page.entities {
                    let end = record::end(&entity)?;
                    if self.table.has_ended(end).await {
                        ended += 1;
                        if ended == ENDED {
                            self.sweep_now();
                        }
                        continue;
                    }
                    if keys.len() == request.limit {
                        let next = keys.last().map(|key| key.as_bytes().to_vec());
                        return Ok(KeyPage { keys, next });
                    }
                    keys.push(self.listed(&mut entity)?);
                }
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(KeyPage { keys, next: None })
    }

    fn listed(&self, entity: &mut Map<String, Value>) -> Result<String> {
        let partition = record::text(entity, "PartitionKey").ok_or_else(unexpected_reply)?;
        let row = record::text(entity, "RowKey").ok_or_else(unexpected_reply)?;
        self.space
            .key(&partition, &row)
            .ok_or_else(unexpected_reply)
    }
}
