//! All objects of a bucket: their names, and what several of them are just now.

use std::collections::HashSet;

use async_nats::StatusCode;
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::bucket::Bucket;
use super::meta::Found;
use crate::api::{AskLasts, body};
use crate::error::{Failure, unexpected_reply};
use crate::link::{Live, lost};
use crate::stored::Stored;

/// How many objects are looked at in one request. The service answers for 1,024.
const NAMES_AT_ONCE: usize = 256;
/// How many bytes of subjects such a request has: far fewer than the shortest message
/// that a server must permit.
const REQUEST_BYTES: usize = 16 << 10;
/// How many objects are looked at at a time where the leader has to answer.
const ASKED_AT_ONCE: usize = 64;
/// How often it is tried to see all objects of one moment.
const ATTEMPTS: u32 = 5;
/// The end of an answer of several messages.
pub(super) const END_OF_BATCH: u16 = 204;

impl Bucket {
    /// The names of all objects, sorted, deleted ones among them, and the sequence of the
    /// last message of that moment.
    pub(super) async fn objects(&self, live: &Live) -> Result<(Vec<String>, u64)> {
        let filter = self.metas();
        let subjects = self.stream.subjects(&self.link, live, &filter);
        let (subjects, state) = subjects.await?;
        let names = subjects.iter().filter_map(|subject| self.object(subject));
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names.dedup();
        Ok((names, state.last_seq))
    }

    /// How many of the names to look at together.
    pub(super) fn window(&self, names: &[String], most: usize) -> usize {
        let mut bytes = 0;
        let first = names.iter().take(NAMES_AT_ONCE.min(most));
        let fitting = first.take_while(|name| {
            // As it stands in the request.
            bytes += self.name.len() + name.len().div_ceil(3) * 4 + 10;
            bytes <= REQUEST_BYTES
        });
        fitting.count().max(1)
    }

    /// What the objects of these sorted names are.
    pub(super) async fn look_at(&self, live: &Live, names: &[String]) -> Result<Vec<Found>> {
        if self.stream.is_direct() {
            return self.look_at_together(live, names).await;
        }
        // One of several copies may lag.
        stream::iter(0..names.len())
            .map(|place| async move { self.find(live, &names[place]).await })
            .buffered(ASKED_AT_ONCE)
            .try_collect()
            .await
    }

    async fn look_at_together(&self, live: &Live, names: &[String]) -> Result<Vec<Found>> {
        let subjects: Vec<String> = names.iter().map(|name| self.meta(name)).collect();
        let question = body(&AskLasts {
            multi_last: &subjects,
        })?;
        let asked = format!("{}.DIRECT.GET.{}", self.link.config.api, self.stream.name);
        let inbox = live.client.new_inbox();
        let subscribed = live.client.subscribe(inbox.clone()).await;
        let mut answers = subscribed.map_err(lost)?;
        let sent = live
            .client
            .publish_with_reply(asked.clone(), inbox, question);
        sent.await.map_err(lost)?;
        let mut all = vec![Found::NOTHING; names.len()];
        loop {
            let received = async {
                let message = answers.next().await;
                message.ok_or_else(|| Failure::Failed(ErrorKind::Unavailable.into()))
            };
            let message = live.permitted(&asked, received).await?;
            match message.status {
                None | Some(StatusCode::OK) => {
                    let stored = Stored::direct(message)?;
                    let name = self.object(stored.subject()?);
                    let place = name.and_then(|name| names.binary_search(&name).ok());
                    all[place.ok_or_else(unexpected_reply)?] = Found::read(&stored);
                }
                Some(StatusCode::NOT_FOUND) => return Ok(all),
                Some(status) if status.as_u16() == END_OF_BATCH => return Ok(all),
                Some(StatusCode::NO_RESPONDERS) => {
                    return Err(self.stream.unheard(&self.link, live).await.into());
                }
                Some(_) => return Err(unexpected_reply()),
            }
        }
    }

    /// The bytes that objects have, at one moment: bytes go from one name to another, and
    /// must not be missed between the two.
    ///
    /// # Errors
    /// `throttled` if objects change all the time.
    pub(super) async fn in_use(&self, live: &Live) -> Result<HashSet<String>> {
        for _ in 0..ATTEMPTS {
            let (names, last_sequence) = self.objects(live).await?;
            let mut names = names.as_slice();
            let mut nuids = HashSet::new();
            let mut is_of_one_moment = true;
            while !names.is_empty() && is_of_one_moment {
                let (looked_at, rest) = names.split_at(self.window(names, names.len()));
                names = rest;
                for found in self.look_at(live, looked_at).await? {
                    is_of_one_moment &= found.sequence <= last_sequence;
                    nuids.extend(found.state.map(|state| state.nuid));
                }
            }
            if is_of_one_moment {
                return Ok(nuids);
            }
        }
        Err(Error::from(ErrorKind::Throttled { retry_after: None }))
    }
}
