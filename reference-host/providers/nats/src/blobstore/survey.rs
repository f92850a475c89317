//! All objects of a bucket: their names, and what several of them are just now.

use std::collections::HashSet;

use async_nats::StatusCode;
use cloud_contract::{ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::bucket::Bucket;
use super::meta::Found;
use crate::api::{AskLasts, body};
use crate::error::{Failure, unexpected_reply};
use crate::link::{Live, lost};
use crate::pass::{Look, Pass};
use crate::stored::Stored;
use crate::window::Window;

/// How many objects are looked at in one request. The service answers for 1,024.
const NAMES_AT_ONCE: usize = 256;
/// How many bytes of subjects such a request has: far fewer than the shortest message
/// that a server must permit.
const REQUEST_BYTES: usize = 16 << 10;
/// How many objects are looked at at a time where the leader has to answer.
const ASKED_AT_ONCE: usize = 64;
/// How many are met at a time where the first may be enough, and where none is.
const MET_AT_ONCE: usize = 64;
const ALL_AT_ONCE: usize = 256;
/// The end of an answer of several messages.
pub(super) const END_OF_BATCH: u16 = 204;

/// The first of all objects of a moment, deleted ones among them.
pub(super) struct Objects {
    /// Their names, sorted.
    pub(super) names: Vec<String>,
    /// Whether there are no others behind them.
    pub(super) is_whole: bool,
    /// The sequence of the last message of that moment.
    pub(super) last_sequence: u64,
}

impl Bucket {
    /// The first of the objects that are wanted: as many names as one list may hold.
    pub(super) async fn objects(
        &self,
        live: &Live,
        is_wanted: impl Fn(&str) -> bool + Send + Sync,
    ) -> Result<Objects> {
        let mut window = Window::default();
        let take = |subject: &str| {
            if let Some(name) = self.object(subject).filter(|name| is_wanted(name)) {
                window.offer(name);
            }
        };
        let filter = self.metas();
        let subjects = self.stream.each_subject(&self.link, live, &filter, take);
        let last_sequence = subjects.await?.last_seq;
        let (names, is_whole) = window.sorted();
        Ok(Objects {
            names,
            is_whole,
            last_sequence,
        })
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
        let heard = live.heard();
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
            let message = live.permitted(heard, &asked, received).await?;
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

    /// Whether no object is there. The first one that is met tells.
    pub(super) async fn is_empty(&self, live: &Live) -> Result<bool> {
        let filter = self.metas();
        let mut pass = self.pass(live, &filter, MET_AT_ONCE).await?;
        while let Some(met) = pass.next_of_all().await? {
            if self.object(&met.subject).is_some() && Found::read(&met.stored).state.is_some() {
                pass.end().await?;
                return Ok(false);
            }
        }
        pass.end().await?;
        Ok(true)
    }

    /// Which of these bytes objects have. Bytes that go from one name to another are met
    /// under either: the new message lies ahead.
    pub(super) async fn in_use(&self, live: &Live, nuids: &[&str]) -> Result<HashSet<String>> {
        let filter = self.metas();
        let mut pass = self.pass(live, &filter, ALL_AT_ONCE).await?;
        let mut used = HashSet::new();
        while let Some(met) = pass.next_of_all().await? {
            let state = Found::read(&met.stored).state;
            used.extend(
                state
                    .map(|state| state.nuid)
                    .filter(|nuid| nuids.contains(&nuid.as_str())),
            );
        }
        pass.end().await?;
        Ok(used)
    }

    async fn pass<'a>(
        &'a self,
        live: &'a Live,
        filter: &'a str,
        at_once: usize,
    ) -> Result<Pass<'a>> {
        let look = Look {
            headers_only: false,
            at_once,
        };
        Pass::begin(&self.stream, &self.link.config.api, live, filter, look).await
    }
}
