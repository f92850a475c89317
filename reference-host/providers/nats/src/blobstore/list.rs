//! Lists: the names of all objects first, then what those of a page are.
//!
//! One answer of the stream names every subject of a moment, those of deleted objects
//! included. No order of JetStream is that of the names, so each page begins with all of
//! them.

use async_nats::StatusCode;
use cloud_contract::blobstore::{Item, ItemPage, ListRequest, ObjectItem};
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::container::Container;
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
/// Kinds of cursors: behind a name, or behind all that start with a text.
const NAME: u8 = b'o';
const PREFIX: u8 = b'p';

/// The end of an answer of several messages.
const END_OF_BATCH: u16 = 204;

impl Container {
    pub(super) async fn list_objects(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        let live = self.bucket.live().await?;
        let after = request.after.map(Place::opened).transpose()?;
        let names = self.names(&live, request, after.as_ref()).await?;
        let mut names = names.as_slice();
        let mut items: Vec<Item> = Vec::new();
        while !names.is_empty() {
            let window = self.window(names, request.limit + 1 - items.len());
            let (looked_at, rest) = names.split_at(window);
            names = rest;
            let objects = self.look_at(&live, looked_at).await?;
            for object in objects.into_iter().flatten() {
                let item = match divided(&object.name, request) {
                    Some(prefix) => Item::Prefix(prefix.to_owned()),
                    None => Item::Object(object),
                };
                if items.last() == Some(&item) {
                    continue;
                }
                if items.len() == request.limit {
                    let next = items.last().map(Place::sealed);
                    return Ok(ItemPage { items, next });
                }
                items.push(item);
            }
            // All that start with a prefix that is in the list are done with.
            if let Some(Item::Prefix(prefix)) = items.last() {
                let done = names.partition_point(|name| name.starts_with(prefix.as_str()));
                names = &names[done..];
            }
        }
        Ok(ItemPage { items, next: None })
    }

    /// The names that may be those of items, in order.
    async fn names(
        &self,
        live: &Live,
        request: ListRequest<'_>,
        after: Option<&Place>,
    ) -> Result<Vec<String>> {
        let filter = self.bucket.metas();
        let stream = &self.bucket.stream;
        let (subjects, _) = stream.subjects(&self.bucket.link, live, &filter).await?;
        let mut names: Vec<String> = subjects
            .iter()
            .filter_map(|subject| self.bucket.object(subject))
            .filter(|name| {
                name.starts_with(request.prefix) && after.is_none_or(|after| after.is_before(name))
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// How many of the names to look at together.
    fn window(&self, names: &[String], most: usize) -> usize {
        let mut bytes = 0;
        let fitting = names
            .iter()
            .take(NAMES_AT_ONCE.min(most))
            .take_while(|name| {
                // As it stands in the request.
                bytes += self.bucket.name.len() + name.len().div_ceil(3) * 4 + 10;
                bytes <= REQUEST_BYTES
            });
        fitting.count().max(1)
    }

    /// What the objects of these names are, those that are there.
    async fn look_at(&self, live: &Live, names: &[String]) -> Result<Vec<Option<ObjectItem>>> {
        if self.bucket.stream.is_direct() {
            return self.look_at_together(live, names).await;
        }
        // One of several copies may lag.
        stream::iter(0..names.len())
            .map(|place| async move {
                let found = self.bucket.find(live, &names[place]).await?;
                Ok::<_, Error>(item(names[place].clone(), found))
            })
            .buffered(ASKED_AT_ONCE)
            .try_collect()
            .await
    }

    async fn look_at_together(
        &self,
        live: &Live,
        names: &[String],
    ) -> Result<Vec<Option<ObjectItem>>> {
        let (link, stream) = (&self.bucket.link, &self.bucket.stream);
        let subjects: Vec<String> = names.iter().map(|name| self.bucket.meta(name)).collect();
        let question = body(&AskLasts {
            multi_last: &subjects,
        })?;
        let asked = format!("{}.DIRECT.GET.{}", link.config.api, stream.name);
        let inbox = live.client.new_inbox();
        let subscribed = live.client.subscribe(inbox.clone()).await;
        let mut answers = subscribed.map_err(lost)?;
        let sent = live
            .client
            .publish_with_reply(asked.clone(), inbox, question);
        sent.await.map_err(lost)?;
        let mut items = vec![None; names.len()];
        loop {
            let received = async {
                let message = answers.next().await;
                message.ok_or_else(|| Failure::Failed(ErrorKind::Unavailable.into()))
            };
            let message = live.permitted(&asked, received).await?;
            match message.status {
                None | Some(StatusCode::OK) => {
                    let stored = Stored::direct(message)?;
                    let name = self.bucket.object(stored.subject()?);
                    let place = name.and_then(|name| names.binary_search(&name).ok());
                    let place = place.ok_or_else(unexpected_reply)?;
                    items[place] = item(names[place].clone(), Found::read(&stored));
                }
                Some(StatusCode::NOT_FOUND) => return Ok(items),
                Some(status) if status.as_u16() == END_OF_BATCH => return Ok(items),
                Some(StatusCode::NO_RESPONDERS) => {
                    return Err(stream.unheard(link, live).await.into());
                }
                Some(_) => return Err(unexpected_reply()),
            }
        }
    }
}

fn item(name: String, found: Found) -> Option<ObjectItem> {
    let info = found.state?.info;
    Some(ObjectItem {
        name,
        size: info.size,
        modified: info.modified,
    })
}

/// The item that stands for an object among others, if there is one.
fn divided<'a>(name: &'a str, request: ListRequest<'_>) -> Option<&'a str> {
    let delimiter = request.delimiter?;
    let rest = name.get(request.prefix.len()..)?;
    let end = request.prefix.len() + rest.find(delimiter)? + delimiter.len();
    name.get(..end)
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Behind this name.
    After(String),
    /// Behind all that start with this.
    Behind(String),
}

impl Place {
    fn opened(cursor: &[u8]) -> Result<Self> {
        let refused = || Error::invalid("cursor: not issued for this list");
        let (kind, text) = cursor.split_first().ok_or_else(refused)?;
        let text = str::from_utf8(text).map_err(|_| refused())?.to_owned();
        match *kind {
            NAME => Ok(Self::After(text)),
            PREFIX => Ok(Self::Behind(text)),
            _ => Err(refused()),
        }
    }

    fn sealed(item: &Item) -> Vec<u8> {
        match item {
            Item::Object(object) => [&[NAME], object.name.as_bytes()].concat(),
            Item::Prefix(prefix) => [&[PREFIX], prefix.as_bytes()].concat(),
        }
    }

    fn is_before(&self, name: &str) -> bool {
        match self {
            Self::After(last) => name > last.as_str(),
            Self::Behind(prefix) => name > prefix.as_str() && !name.starts_with(prefix.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request<'a>(prefix: &'a str, delimiter: Option<&'a str>) -> ListRequest<'a> {
        ListRequest {
            prefix,
            delimiter,
            after: None,
            limit: 1,
        }
    }

    #[test]
    fn names_are_divided_behind_the_prefix() {
        assert_eq!(divided("a/b/c", request("", Some("/"))), Some("a/"));
        assert_eq!(divided("a/b/c", request("a/", Some("/"))), Some("a/b/"));
        assert_eq!(divided("a/b/c", request("a/b/", Some("/"))), None);
        assert_eq!(divided("a--b", request("a-", Some("--"))), None);
        assert_eq!(divided("a/b", request("", None)), None);
    }

    #[test]
    fn cursors_come_back() {
        let object = Item::Object(ObjectItem {
            name: "a/".to_owned(),
            size: 0,
            modified: 0,
        });
        let after = Place::opened(&Place::sealed(&object)).unwrap();
        assert!(after.is_before("a/b") && !after.is_before("a/") && !after.is_before("a"));
        let prefix = Item::Prefix("a/".to_owned());
        let behind = Place::opened(&Place::sealed(&prefix)).unwrap();
        assert!(behind.is_before("a0") && !behind.is_before("a/b") && !behind.is_before("a"));
        for wrong in [&b""[..], b"x", b"o\xff"] {
            assert!(Place::opened(wrong).is_err());
        }
    }
}
