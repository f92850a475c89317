//! Lists: those of the service, whose order is the order of the names.
//!
//! A page begins behind the last item that was returned, by name and not by number, so
//! that what comes and goes between two pages moves nothing.

use std::cmp::Ordering;

use cloud_contract::blobstore::{Item, ItemPage, ListRequest, ObjectItem};
use cloud_contract::{Error, Result};

use super::Container;
use crate::descriptor::PAGE_ITEMS;
use crate::error::unexpected_reply;
use crate::link::Request;
use crate::sweep::Listed;
use bucket_scopes::Place;

/// How many requests a page may take: one that has items then goes on with a cursor.
const REQUESTS: u32 = 8;
/// What the service divides at: other texts can be a part of what stands for another
/// character.
const DIVIDED: &str = "/";
/// Kinds of cursors: behind a name, or behind all that start with a text.
const NAME: u8 = b'o';
const PREFIX: u8 = b'p';

/// What one request found, in order.
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
            let found = self.find(request, &place, wanted).await?;
            for item in found.items {
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
            let Some(reached) = found.reached else {
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

    /// Asks for what lies behind a place.
    async fn find(&self, request: ListRequest<'_>, place: &Place, wanted: usize) -> Result<Found> {
        let start = self.keys.start(place);
        if start.is_none() && *place != Place::Start {
            return Ok(Found {
                items: Vec::new(),
                reached: None,
            });
        }
        // What is divided here stands for any number of names, and where the service
        // divides, it is asked for all that one answer holds: emulators count otherwise.
        let most = match request.delimiter {
            Some(_) => PAGE_ITEMS,
            // The one that the list begins with was returned before.
            None => wanted.saturating_add(1).min(PAGE_ITEMS),
        };
        let delimiter = request.delimiter.filter(|&text| text == DIVIDED);
        let asked = Request::get(self.service.objects())
            .with(
                "fields",
                "items(name,generation,size,timeCreated),prefixes,nextPageToken",
            )
            .with("prefix", self.keys.prefix(request.prefix))
            .with("maxResults", most)
            .with_some("startOffset", start)
            .with_some("delimiter", delimiter);
        let mut listed: Listed = self.service.read(&asked).await?.json()?;
        // An answer can be empty and not the last.
        while listed.is_empty() {
            let Some(token) = listed.next.take() else {
                break;
            };
            let asked = asked.clone().with("pageToken", token);
            listed = self.service.read(&asked).await?.json()?;
        }
        let mut items = Vec::with_capacity(listed.items.len() + listed.prefixes.len());
        for object in listed.items {
            // What another program put there has no name.
            let Some(name) = self.keys.name(&object.name) else {
                continue;
            };
            items.push(Item::Object(ObjectItem {
                name,
                size: object.size,
                modified: object.modified()?,
            }));
        }
        for prefix in listed.prefixes {
            items.extend(self.keys.name(&prefix).map(Item::Prefix));
        }
        items.sort_by(|one, other| in_order(text(one), text(other)));
        let reached = match listed.next {
            None => None,
            Some(_) => {
                // A service that stays where it is would be asked for ever.
                let last = items.last().map(text).filter(|last| place.is_before(last));
                Some(last.ok_or_else(unexpected_reply)?.to_owned())
            }
        };
        items.retain(|item| text(item).starts_with(request.prefix));
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
