//! Lists: the two regions of a container, merged.
//!
//! A page of the service begins behind the last item that was returned, by name and not
//! by number, so that what comes and goes between two pages moves nothing.

use std::cmp::Ordering;

use cloud_contract::blobstore::{Item, ItemPage, ListRequest, ObjectItem};
use cloud_contract::{Error, Result};

use super::Container;
use super::object::{size, timestamp};
use crate::descriptor::PAGE_ITEMS;
use crate::error::{translate, unexpected_reply};
use crate::link::read;
use bucket_scopes::{Place, Region};

/// How many requests to a region a page may take: one that has items then goes on with a
/// cursor.
const REQUESTS: u32 = 8;
/// Kinds of cursors: behind a name, or behind all that start with a text.
const NAME: u8 = b'o';
const PREFIX: u8 = b'p';

/// What one request to a region found, in order.
struct Found {
    items: Vec<Item>,
    /// Up to where that is all there is; none if it is all that is left.
    reached: Option<String>,
}

impl Container {
    pub(super) async fn list_objects(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut place = request.after.map_or(Ok(Place::Start), opened)?;
        let mut items = Vec::new();
        let mut requests = 0;
        loop {
            requests += 1;
            // One more tells whether the page is the last.
            let wanted = request.limit - items.len() + 1;
            let (plain, coded) = futures::try_join!(
                self.find(Region::Plain, request, &place, wanted),
                self.find(Region::Coded, request, &place, wanted),
            )?;
            // A region that was not read to its end says nothing about what lies behind.
            let reached = [&plain.reached, &coded.reached];
            let reached = reached.into_iter().flatten().min().cloned();
            let mut found = plain.items;
            found.extend(coded.items);
            found.sort_by(|one, other| in_order(text(one), text(other)));
            for item in found {
                if reached
                    .as_deref()
                    .is_some_and(|reached| in_order(text(&item), reached) == Ordering::Greater)
                {
                    break;
                }
                let item = divided(item, request);
                if !place.is_before(text(&item)) {
                    continue;
                }
                if items.len() == request.limit {
                    return Ok(page(items, &place));
                }
                place = match &item {
                    Item::Object(object) => Place::After(object.name.clone()),
                    Item::Prefix(prefix) => Place::Behind(prefix.clone()),
                };
                items.push(item);
            }
            let Some(reached) = reached else {
                return Ok(ItemPage { items, next: None });
            };
            if place.is_before(&reached) {
                place = Place::After(reached);
            }
            if requests >= REQUESTS && !items.is_empty() {
                return Ok(page(items, &place));
            }
        }
    }

    /// Asks for what lies behind a place in one region.
    async fn find(
        &self,
        region: Region,
        request: ListRequest<'_>,
        place: &Place,
        wanted: usize,
    ) -> Result<Found> {
        let nothing = Found {
            items: Vec::new(),
            reached: None,
        };
        let Some(prefix) = self.keys.prefix(region, request.prefix) else {
            return Ok(nothing);
        };
        let start = self.keys.start(region, request.prefix, place);
        let delimiter = request
            .delimiter
            .filter(|delimiter| self.keys.divides(region, delimiter));
        // What is divided here stands for any number of names. What the server divides
        // can begin with a text that was returned before.
        let keys = if request.delimiter.is_some() && delimiter.is_none() {
            PAGE_ITEMS
        } else {
            wanted.saturating_add(2).min(PAGE_ITEMS)
        };
        let list = || {
            let list = self.service.client.list_objects_v2();
            list.bucket(&self.service.bucket)
                .prefix(&prefix)
                .set_start_after(start.clone())
                .set_delimiter(delimiter.map(str::to_owned))
                .max_keys(i32::try_from(keys).unwrap_or(i32::MAX))
                .send()
        };
        let answer = read(list).await.map_err(translate)?;
        let mut items = Vec::with_capacity(keys);
        for object in answer.contents() {
            let key = object.key().ok_or_else(unexpected_reply)?;
            // What another program put there has no name.
            let Some(name) = self.keys.name(region, key) else {
                continue;
            };
            items.push(Item::Object(ObjectItem {
                name,
                size: size(object.size())?,
                modified: timestamp(object.last_modified()),
            }));
        }
        for divided in answer.common_prefixes() {
            let text = divided.prefix().ok_or_else(unexpected_reply)?;
            let name = self.keys.name(region, text);
            items.push(Item::Prefix(name.ok_or_else(unexpected_reply)?));
        }
        let reached = if answer.is_truncated().unwrap_or(false) {
            let last = items
                .iter()
                .map(text)
                .max_by(|one, other| in_order(one, other));
            // A server that stays where it is would be asked for ever.
            let last = last.filter(|last| place.is_before(last));
            let last = last.ok_or_else(unexpected_reply)?;
            // The prefix of encoded names is rounded down to whole letters.
            let is_behind = !last.starts_with(request.prefix) && last > request.prefix;
            (!is_behind).then(|| last.to_owned())
        } else {
            None
        };
        items.retain(|item| text(item).starts_with(request.prefix) && place.is_before(text(item)));
        Ok(Found { items, reached })
    }
}

fn text(item: &Item) -> &str {
    match item {
        Item::Object(object) => &object.name,
        Item::Prefix(prefix) => prefix,
    }
}

fn in_order(one: &str, other: &str) -> Ordering {
    one.as_bytes().cmp(other.as_bytes())
}

/// The item that stands for an object, if there is one.
fn divided(item: Item, request: ListRequest<'_>) -> Item {
    let Item::Object(object) = &item else {
        return item;
    };
    let text = request.delimiter.and_then(|delimiter| {
        let rest = object.name.get(request.prefix.len()..)?;
        let end = request.prefix.len() + rest.find(delimiter)? + delimiter.len();
        object.name.get(..end)
    });
    match text {
        Some(text) => Item::Prefix(text.to_owned()),
        None => item,
    }
}

/// A page that others follow.
fn page(items: Vec<Item>, place: &Place) -> ItemPage {
    let next = match place {
        Place::Start => None,
        Place::After(name) => Some([&[NAME], name.as_bytes()].concat()),
        Place::Behind(text) => Some([&[PREFIX], text.as_bytes()].concat()),
    };
    ItemPage { items, next }
}

/// The place of a cursor.
fn opened(cursor: &[u8]) -> Result<Place> {
    let refused = || Error::invalid("cursor: not issued for this list");
    let (kind, text) = cursor.split_first().ok_or_else(refused)?;
    let text = str::from_utf8(text).map_err(|_| refused())?.to_owned();
    match *kind {
        NAME => Ok(Place::After(text)),
        PREFIX => Ok(Place::Behind(text)),
        _ => Err(refused()),
    }
}
