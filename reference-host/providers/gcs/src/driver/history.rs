//! Earlier states of objects, in a bucket that keeps them.

use std::sync::Arc;

use cloud_contract::blobstore::{PastState, PastStatePage, VersionsRequest};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};

use super::Container;
use crate::error::stale;
use crate::link::Request;
use crate::object::{FIELDS, Object, generation};
use crate::sweep::Listed;

/// Comes behind a name in no other one that lies before the next name.
const LOWEST: char = '\t';

impl Container {
    /// The latest first. The service lists them the other way round, so all are read.
    pub(super) async fn list_states(&self, request: VersionsRequest<'_>) -> Result<PastStatePage> {
        let before = match request.after {
            None => u64::MAX,
            Some(cursor) => str::from_utf8(cursor)
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| Error::invalid("cursor: not issued for this list"))?,
        };
        let mut found = self.states(&self.keys.key(request.name)).await?;
        found.retain(|state| state.generation < before);
        found.sort_unstable_by_key(|state| std::cmp::Reverse(state.generation));
        let has_more = found.len() > request.limit;
        found.truncate(request.limit);
        let next = found.last().filter(|_| has_more);
        let next = next.map(|last| last.generation.to_string().into_bytes());
        let states = found.into_iter().map(|state| {
            Ok(PastState {
                version: state.version(),
                size: state.size,
                modified: state.modified()?,
            })
        });
        Ok(PastStatePage {
            states: states.collect::<Result<_>>()?,
            next,
        })
    }

    async fn states(&self, key: &str) -> Result<Vec<Object>> {
        let request = Request::get(self.service.objects())
            .with("versions", true)
            .with("fields", format!("items({FIELDS}),nextPageToken"))
            .with("prefix", key)
            .with("startOffset", key)
            .with("endOffset", format!("{key}{LOWEST}"));
        let mut states = Vec::new();
        let mut page = Listed::default();
        loop {
            let asked = request.clone().with_some("pageToken", page.next.take());
            page = self.service.read(&asked).await?.json()?;
            states.extend(page.items.drain(..).filter(|state| state.name == key));
            if page.next.is_none() {
                return Ok(states);
            }
        }
    }

    pub(super) async fn delete_state(&self, name: &str, version: &Version) -> Result<()> {
        let Some(generation) = generation(version) else {
            return Ok(());
        };
        let key = self.keys.key(name);
        let service = Arc::clone(&self.service);
        let deletion = async move {
            // An earlier state is the present one never again.
            let present = service.find(&key, None).await?;
            if present.is_some_and(|present| present.generation == generation) {
                return Err(stale());
            }
            service.remove(&key, Some(generation)).await.map(drop)
        };
        self.registration.run(deletion).await
    }
}
