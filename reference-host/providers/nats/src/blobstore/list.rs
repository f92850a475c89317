//! Lists: the names of all objects first, then what those of a page are.
//!
//! The stream names every subject of a moment, those of deleted objects included. No order
//! of JetStream is that of the names, so each page begins with all of them, of which as
//! many of the first are kept as there is room for.

use cloud_contract::blobstore::{Item, ItemPage, ListRequest, ObjectItem};
use cloud_contract::{Error, Result};

use super::bucket::Bucket;
use super::container::Container;
use super::meta::State;
use super::survey::Objects;
use crate::link::Live;

/// How often a page is read while objects go away.
const ATTEMPTS: u32 = 3;
/// Kinds of cursors: behind a name, or behind all that start with a text.
const NAME: u8 = b'o';
const PREFIX: u8 = b'p';

impl Container {
    pub(super) async fn list_objects(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        let live = self.bucket.live().await?;
        let after = request.after.map(Place::opened).transpose()?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let (page, is_of_one_moment) = self.page(&live, request, after.as_ref()).await?;
            if is_of_one_moment || attempts >= ATTEMPTS {
                return Ok(page);
            }
        }
    }

    /// A page, and whether no object that it would have went away while it was read.
    async fn page(
        &self,
        live: &Live,
        request: ListRequest<'_>,
        after: Option<&Place>,
    ) -> Result<(ItemPage, bool)> {
        let mut page = Page {
            request,
            items: Vec::new(),
            next: None,
            is_of_one_moment: true,
        };
        let mut after = after.cloned();
        loop {
            let is_wanted = |name: &str| {
                let is_behind = after.as_ref().is_none_or(|after| after.is_before(name));
                is_behind && name.starts_with(request.prefix)
            };
            let objects = self.bucket.objects(live, is_wanted).await?;
            page.fill(&self.bucket, live, &objects).await?;
            match objects.names.last() {
                // There is room in the page, but was none for more names.
                Some(last) if !objects.is_whole && page.next.is_none() => {
                    after = Some(page.reached(last));
                }
                _ => return Ok(page.end()),
            }
        }
    }
}

/// A page that is being filled.
struct Page<'a> {
    request: ListRequest<'a>,
    items: Vec<Item>,
    /// Where the list goes on, when the page is full and there is more.
    next: Option<Vec<u8>>,
    is_of_one_moment: bool,
}

impl Page<'_> {
    /// Takes the objects that come next.
    async fn fill(&mut self, bucket: &Bucket, live: &Live, objects: &Objects) -> Result<()> {
        let mut names = objects.names.as_slice();
        while !names.is_empty() {
            let room = self.request.limit + 1 - self.items.len();
            let (looked_at, rest) = names.split_at(bucket.window(names, room));
            names = rest;
            let all = bucket.look_at(live, looked_at).await?;
            for (name, found) in looked_at.iter().zip(all) {
                let Some(state) = found.state else {
                    // It may have got another name meanwhile, behind our back.
                    self.is_of_one_moment &= found.sequence <= objects.last_sequence;
                    continue;
                };
                self.add(name, &state);
                if self.next.is_some() {
                    return Ok(());
                }
            }
            // All that start with a prefix that is in the list are done with.
            if let Some(Item::Prefix(prefix)) = self.items.last() {
                let done = names.partition_point(|name| name.starts_with(prefix.as_str()));
                names = &names[done..];
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, state: &State) {
        let item = match divided(name, self.request) {
            Some(prefix) => Item::Prefix(prefix.to_owned()),
            None => Item::Object(ObjectItem {
                name: name.to_owned(),
                size: state.info.size,
                modified: state.info.modified,
            }),
        };
        if self.items.last() == Some(&item) {
            return;
        }
        if self.items.len() == self.request.limit {
            self.next = self.items.last().map(Place::sealed);
        } else {
            self.items.push(item);
        }
    }

    /// Where it goes on behind this name.
    fn reached(&self, name: &str) -> Place {
        match self.items.last() {
            Some(Item::Prefix(prefix)) if name.starts_with(prefix.as_str()) => {
                Place::Behind(prefix.clone())
            }
            _ => Place::After(name.to_owned()),
        }
    }

    fn end(self) -> (ItemPage, bool) {
        let page = ItemPage {
            items: self.items,
            next: self.next,
        };
        (page, self.is_of_one_moment)
    }
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
