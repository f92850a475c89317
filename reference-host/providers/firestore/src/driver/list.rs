//! Pages of keys, by ranges of document names; and what a list finds to remove.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cloud_contract::keyvalue::{KeyPage, ListRequest};
use cloud_contract::{Error, Result};
use gcloud_sdk::google::firestore::v1::structured_query::{
    CollectionSelector, Direction, FieldReference, Order, Projection,
};
use gcloud_sdk::google::firestore::v1::value::ValueType;
use gcloud_sdk::google::firestore::v1::{Cursor, StructuredQuery, Value};

use super::Core;
use crate::record::{Change, Condition, END_FIELDS, State};

/// How many ended entries a list removes at most.
const SWEEP_AT_ONCE: usize = 300;

pub(super) async fn page(core: &Arc<Core>, request: &ListRequest<'_>) -> Result<KeyPage> {
    let prefix = request.prefix.as_bytes();
    let mut start = match request.after {
        Some(after) if after.starts_with(prefix) => Some(after_name(core.names.entry(after))),
        Some(_) => return Err(Error::invalid("cursor: not issued for this list")),
        None if prefix.is_empty() => None,
        None => Some(place(core.names.entry(prefix), true)),
    };
    let end = (!prefix.is_empty()).then(|| place(core.names.behind(prefix), true));
    let mut keys: Vec<String> = Vec::new();
    let mut ended = Vec::new();
    // One more than the page holds tells whether the list goes on.
    loop {
        let wanted = request.limit + 1 - keys.len();
        let query = entries(&core.names.collection, start, end.clone(), wanted);
        let found = core.link.query(core.names.parent.clone(), query).await?;
        let now = core.link.clock.latest();
        let is_last = found.len() < wanted;
        start = found.last().map(|last| after_name(last.name.clone()));
        for document in found {
            // What somebody else put here is no key.
            let Some(key) = core.names.key(&document.name) else {
                continue;
            };
            let name = document.name.clone();
            let state = State::read(document, false)?;
            if !state.has_ended(now) {
                keys.push(key);
            } else if ended.len() < SWEEP_AT_ONCE {
                ended.push(Change::remove(name, Condition::Updated(state.updated)));
            }
        }
        let is_full = keys.len() > request.limit;
        if is_full || is_last {
            sweep(core, ended);
            keys.truncate(request.limit);
            let next = is_full.then(|| keys.last().map(|key| key.as_bytes().to_vec()));
            return Ok(KeyPage {
                keys,
                next: next.flatten(),
            });
        }
    }
}

/// Removes entries that have ended, unless they were written again. Nobody waits
/// for it, and it does not matter if it fails.
fn sweep(core: &Arc<Core>, ended: Vec<Change>) {
    if ended.is_empty() || core.sweeping.swap(true, Ordering::AcqRel) {
        return;
    }
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let link = Arc::clone(&core.link);
        let removed = core
            .gate
            .carry(async move { link.change_many(&ended).await })
            .await;
        core.sweeping.store(false, Ordering::Release);
        if let Ok(Err(failure)) = removed {
            let error = Error::from(failure);
            tracing::debug!(%error, "entries that have ended were not removed");
        }
    });
}

fn after_name(document: String) -> Cursor {
    place(document, false)
}

/// A place before or behind a document.
fn place(document: String, before: bool) -> Cursor {
    Cursor {
        values: vec![Value {
            value_type: Some(ValueType::ReferenceValue(document)),
        }],
        before,
    }
}

fn entries(
    collection: &str,
    start_at: Option<Cursor>,
    end_at: Option<Cursor>,
    limit: usize,
) -> StructuredQuery {
    let fields = END_FIELDS.iter().map(|&field| FieldReference {
        field_path: field.to_owned(),
    });
    StructuredQuery {
        select: Some(Projection {
            fields: fields.collect(),
        }),
        from: vec![CollectionSelector {
            collection_id: collection.to_owned(),
            all_descendants: false,
        }],
        order_by: vec![Order {
            field: Some(FieldReference {
                field_path: "__name__".to_owned(),
            }),
            direction: Direction::Ascending.into(),
        }],
        start_at,
        end_at,
        limit: Some(i32::try_from(limit).unwrap_or(i32::MAX)),
        ..StructuredQuery::default()
    }
}
