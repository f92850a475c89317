//! Lists: the two regions of a container, merged.
//!
//! The service goes on where its own mark says, and only there. So a cursor holds the
//! mark of each region's page, and the place in it by name, so that what comes and goes
//! between two pages moves nothing.

use std::cmp::Ordering;
use std::collections::VecDeque;

use cloud_contract::blobstore::{Item, ItemPage, ListRequest, ObjectItem};
use cloud_contract::{Error, Result};
use reqwest::Method;

use super::{Container, object};
use crate::descriptor::PAGE_ITEMS;
use crate::error::unexpected_reply;
use crate::link::{Ask, Service};
use crate::names::Keys;
use crate::xml::{self, Blobs};
use bucket_scopes::{Place, Region};

/// How many requests a page may take: one that has items then goes on with a cursor.
const REQUESTS: u32 = 16;
/// Where the service can divide names by itself.
const DIVIDED: &str = "/";
/// Kinds of places: behind a name, or behind all that start with a text.
const NAME: u8 = b'o';
const PREFIX: u8 = b'p';
/// A page that is asked for again.
const AGAIN: u8 = 4;

/// Asks for keys that start with a text.
pub(crate) async fn page(
    service: &Service,
    prefix: &str,
    delimiter: Option<&str>,
    mark: Option<&str>,
    most: usize,
    include: Option<&str>,
) -> Result<Blobs> {
    let mut ask = Ask::container(Method::GET)
        .with("comp", "list")
        .with("prefix", prefix)
        .with("maxresults", most.to_string());
    for (name, value) in [
        ("delimiter", delimiter),
        ("include", include),
        ("marker", mark),
    ] {
        if let Some(value) = value {
            ask = ask.with(name, value);
        }
    }
    let found = xml::blobs(&service.read_whole(&ask).await?)?;
    // A service that stays where it is would be asked for ever.
    if found.next.is_some() && found.next.as_deref() == mark {
        return Err(unexpected_reply());
    }
    Ok(found)
}

/// Where a page of a region begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Start,
    At(String),
    End,
}

/// Where a list goes on in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Start {
    mark: Mark,
    /// Some of the page there was returned before: it is asked for again.
    again: bool,
}

impl Start {
    const NEW: Self = Self {
        mark: Mark::Start,
        again: false,
    };
}

/// What is known of one region.
struct Walk<'a> {
    region: Region,
    /// None if no name there starts so.
    prefix: Option<String>,
    delimiter: Option<&'a str>,
    /// Where the page in hand began, and where the next one does.
    page: Mark,
    next: Mark,
    again: bool,
    items: VecDeque<Item>,
}

impl<'a> Walk<'a> {
    fn new(keys: &Keys, region: Region, request: ListRequest<'a>, start: Start) -> Self {
        let divides = |delimiter: &&str| region == Region::Plain && *delimiter == DIVIDED;
        let prefix = keys.prefix(region, request.prefix);
        Self {
            region,
            delimiter: request.delimiter.filter(divides),
            page: start.mark.clone(),
            next: match prefix {
                Some(_) => start.mark,
                None => Mark::End,
            },
            again: start.again,
            prefix,
            items: VecDeque::new(),
        }
    }

    /// Whether nothing is known of what comes next.
    fn is_open(&self) -> bool {
        self.items.is_empty() && self.next != Mark::End
    }

    /// Where to go on if what is in hand is asked for again.
    fn rest(self) -> Start {
        let again = !self.items.is_empty();
        let mark = if again { self.page } else { self.next };
        Start { mark, again }
    }
}

impl Container {
    pub(super) async fn list_objects(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        let (mut place, plain, coded) = match request.after {
            Some(cursor) => opened(cursor)?,
            None => (Place::Start, Start::NEW, Start::NEW),
        };
        let mut plain = Walk::new(&self.keys, Region::Plain, request, plain);
        let mut coded = Walk::new(&self.keys, Region::Coded, request, coded);
        let mut items = Vec::new();
        let mut requests = 0;
        loop {
            if plain.is_open() || coded.is_open() {
                // Whether the page is the last need not be known.
                let is_full = items.len() == request.limit;
                if is_full || (requests >= REQUESTS && !items.is_empty()) {
                    break;
                }
                requests += 1;
                let wanted = request.limit - items.len();
                futures::try_join!(
                    self.fill(&mut plain, request, &place, wanted),
                    self.fill(&mut coded, request, &place, wanted),
                )?;
                continue;
            }
            let is_first = match (plain.items.front(), coded.items.front()) {
                (Some(one), Some(other)) => in_order(text(one), text(other)) == Ordering::Less,
                (Some(_), None) => true,
                (None, _) => false,
            };
            let from = if is_first { &mut plain } else { &mut coded };
            let Some(item) = from.items.front() else {
                return Ok(ItemPage { items, next: None });
            };
            let item = divided(item, request);
            if place.is_before(text(&item)) {
                if items.len() == request.limit {
                    break;
                }
                place = match &item {
                    Item::Object(object) => Place::After(object.name.clone()),
                    Item::Prefix(prefix) => Place::Behind(prefix.clone()),
                };
                items.push(item);
            }
            from.items.pop_front();
        }
        let next = sealed(&place, &plain.rest(), &coded.rest());
        Ok(ItemPage { items, next })
    }

    /// Gets the next page of a region where the last one is used up.
    async fn fill(
        &self,
        walk: &mut Walk<'_>,
        request: ListRequest<'_>,
        place: &Place,
        wanted: usize,
    ) -> Result<()> {
        let Some(prefix) = walk.prefix.as_deref().filter(|_| walk.is_open()) else {
            return Ok(());
        };
        let mark = match &walk.next {
            Mark::At(mark) => Some(mark.as_str()),
            Mark::Start | Mark::End => None,
        };
        // What is divided here stands for any number of names. A page that is asked for
        // again begins with what was returned before.
        let keys = if request.delimiter.is_some() || walk.again {
            PAGE_ITEMS
        } else {
            wanted.min(PAGE_ITEMS)
        };
        let found = page(&self.service, prefix, walk.delimiter, mark, keys, None).await?;
        let mut items = Vec::with_capacity(found.blobs.len() + found.prefixes.len());
        for blob in found.blobs {
            // What another program put there has no name.
            if let Some(name) = self.keys.name(walk.region, &blob.key) {
                items.push(Item::Object(ObjectItem {
                    name,
                    size: blob.size,
                    modified: object::timestamp(&blob.modified)?,
                }));
            }
        }
        for text in found.prefixes {
            let name = self.keys.name(walk.region, &text);
            items.push(Item::Prefix(name.ok_or_else(unexpected_reply)?));
        }
        // The prefix of encoded names is rounded down to whole letters.
        items.retain(|item| {
            text(item).starts_with(request.prefix) && place.is_before(text(&divided(item, request)))
        });
        items.sort_by(|one, other| in_order(text(one), text(other)));
        walk.items = items.into();
        walk.again = false;
        let next = found.next.map_or(Mark::End, Mark::At);
        walk.page = std::mem::replace(&mut walk.next, next);
        Ok(())
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
fn divided(item: &Item, request: ListRequest<'_>) -> Item {
    let Item::Object(object) = item else {
        return item.clone();
    };
    let text = request.delimiter.and_then(|delimiter| {
        let rest = object.name.get(request.prefix.len()..)?;
        let end = request.prefix.len() + rest.find(delimiter)? + delimiter.len();
        object.name.get(..end)
    });
    match text {
        Some(text) => Item::Prefix(text.to_owned()),
        None => item.clone(),
    }
}

/// The cursor of a page that others follow.
fn sealed(place: &Place, plain: &Start, coded: &Start) -> Option<Vec<u8>> {
    let (kind, text) = match place {
        Place::Start => return None,
        Place::After(name) => (NAME, name),
        Place::Behind(text) => (PREFIX, text),
    };
    let mut cursor = vec![kind];
    let start = |start: &Start| {
        let (kind, text) = match &start.mark {
            Mark::Start => (0, ""),
            Mark::At(mark) => (1, mark.as_str()),
            Mark::End => (2, ""),
        };
        (kind | (u8::from(start.again) * AGAIN), text.to_owned())
    };
    let parts = [(0, text.clone()), start(plain), start(coded)];
    for (kind, text) in parts {
        cursor.push(kind);
        cursor.extend_from_slice(&u32::try_from(text.len()).ok()?.to_be_bytes());
        cursor.extend_from_slice(text.as_bytes());
    }
    Some(cursor)
}

/// The place of a cursor, and the marks of both regions.
fn opened(cursor: &[u8]) -> Result<(Place, Start, Start)> {
    let refused = || Error::invalid("cursor: not issued for this list");
    let (kind, mut rest) = cursor.split_first().ok_or_else(refused)?;
    let mut part = || {
        let (kind, more) = rest.split_first()?;
        let (length, more) = more.split_first_chunk()?;
        let (text, more) = more.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = more;
        Some((*kind, str::from_utf8(text).ok()?.to_owned()))
    };
    let mut next = || part().ok_or_else(refused);
    let ((_, text), plain, coded) = (next()?, next()?, next()?);
    let start = |(kind, text): (u8, String)| Start {
        mark: match kind & !AGAIN {
            0 => Mark::Start,
            1 => Mark::At(text),
            _ => Mark::End,
        },
        again: kind & AGAIN != 0,
    };
    let place = match *kind {
        NAME => Place::After(text),
        PREFIX => Place::Behind(text),
        _ => return Err(refused()),
    };
    Ok((place, start(plain), start(coded)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let marks = [Mark::Start, Mark::At("2!8!YQ--".into()), Mark::End];
        let starts = marks
            .into_iter()
            .flat_map(|mark| [false, true].map(|again| (mark.clone(), again)));
        let starts = starts.map(|(mark, again)| Start { mark, again });
        let starts: Vec<Start> = starts.collect();
        for place in [
            Place::After("a\0\u{e9}".into()),
            Place::Behind("a/".into()),
            Place::After(String::new()),
        ] {
            for plain in &starts {
                for coded in &starts {
                    let cursor = sealed(&place, plain, coded).unwrap();
                    let read = opened(&cursor).unwrap();
                    assert_eq!(read, (place.clone(), plain.clone(), coded.clone()));
                    assert!(opened(&cursor[..cursor.len() - 1]).is_err());
                }
            }
        }
        assert_eq!(sealed(&Place::Start, &Start::NEW, &Start::NEW), None);
        assert!(opened(b"").is_err() && opened(b"x").is_err());
    }
}
