//! Lists that are divided wrongly.

use async_trait::async_trait;
use cloud_contract::blobstore::{Driver, Item, ItemPage, ListRequest, Listing};
use cloud_contract::{Error, ErrorKind, Result};

use super::list::Lines;
use super::listing::{divided, every_object, lines};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// Pages of objects are divided one by one.
#[derive(Debug)]
struct PerPage;

#[async_trait]
impl DriverFault for PerPage {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let flat = ListRequest {
            delimiter: None,
            ..request
        };
        let page = to.list(flat).await?;
        let objects = page.items.into_iter().filter_map(|item| match item {
            Item::Object(object) => Some(object),
            Item::Prefix(_) => None,
        });
        Ok(ItemPage {
            items: lines(objects.collect(), request.prefix, request.delimiter),
            next: page.next,
        })
    }
}

/// A list goes on behind one object of a prefix, not behind all that it can have.
#[derive(Debug)]
enum Behind {
    /// The last one that it had.
    LastObject,
    /// The one of one character that is the last.
    LastCharacter,
}

#[async_trait]
impl DriverFault for Behind {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut objects = every_object(to).await?;
        objects.retain(|object| object.name.starts_with(request.prefix));
        let last = |item: &Item| {
            let text = match item {
                Item::Object(object) => &object.name,
                Item::Prefix(prefix) if matches!(self, Self::LastCharacter) => {
                    return [prefix, "\u{10ffff}"].concat().into_bytes();
                }
                Item::Prefix(prefix) => prefix,
            };
            let mut of_text = objects.iter().rev();
            let found = of_text.find(|object| object.name.starts_with(text));
            found
                .map_or(text, |object| &object.name)
                .clone()
                .into_bytes()
        };
        let is_behind = |name: &str| request.after.is_none_or(|after| name.as_bytes() > after);
        let rest = objects.iter().filter(|object| is_behind(&object.name));
        let mut items = lines(rest.cloned().collect(), request.prefix, request.delimiter);
        let is_last = items.len() <= request.limit;
        items.truncate(request.limit);
        Ok(ItemPage {
            next: items.last().filter(|_| !is_last).map(last),
            items,
        })
    }
}

/// A list ends behind a prefix whose last character has no next one.
#[derive(Debug)]
struct NoNextCharacter;

#[async_trait]
impl DriverFault for NoNextCharacter {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut page = to.list(request).await?;
        if let Some(Item::Prefix(prefix)) = page.items.last() {
            let next = |last: char| char::from_u32(u32::from(last) + 1);
            if prefix
                .chars()
                .last()
                .is_some_and(|last| next(last).is_none())
            {
                page.next = None;
            }
        }
        Ok(page)
    }
}

/// How arguments of `list` are refused, or not.
#[derive(Debug)]
enum Arguments {
    /// The empty delimiter is none.
    EmptyDelimiter,
    /// What is too long lists nothing.
    TooLongIsEmpty,
    /// The delimiter is looked at before the prefix.
    DelimiterFirst,
    /// The page size is looked at before the others.
    SizeFirst,
}

#[async_trait]
impl ContainerFault for Arguments {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let is_empty = |text: &&str| !text.is_empty();
        let delimiter = match self {
            Self::EmptyDelimiter => delimiter.filter(is_empty),
            Self::DelimiterFirst if delimiter == Some("") => {
                return Err(Error::invalid("delimiter: must not be empty"));
            }
            Self::SizeFirst if size == Some(0) => {
                return Err(Error::invalid("page-size: must be greater than zero"));
            }
            _ => delimiter,
        };
        let page = to.container.list(prefix, delimiter, cursor, size).await;
        match (self, &page) {
            (Self::TooLongIsEmpty, Err(error))
                if matches!(error.kind(), ErrorKind::TooLarge { .. }) =>
            {
                Ok(Listing {
                    items: Vec::new(),
                    cursor: None,
                })
            }
            _ => page,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-list-delimiter-ignored",
        "a delimiter is ignored",
        &["BLOB-LIST-4"],
        driver!(Lines(|objects, prefix, _| lines(objects, prefix, None))),
    ),
    Mutant::new(
        "blob-list-delimiter-slash",
        "names are divided at `/`, whatever the delimiter",
        &["BLOB-LIST-4", "BLOB-LIST-5"],
        driver!(Lines(|objects, prefix, delimiter| {
            lines(objects, prefix, delimiter.map(|_| "/"))
        })),
    ),
    Mutant::new(
        "blob-list-delimiter-first-char",
        "of a delimiter the first character counts",
        &["BLOB-LIST-4", "BLOB-LIST-5"],
        driver!(Lines(|objects, prefix, delimiter| {
            let first = |text: &str| text.chars().next().map(String::from);
            lines(objects, prefix, delimiter.and_then(first).as_deref())
        })),
    ),
    Mutant::new(
        "blob-list-delimiter-in-prefix",
        "a delimiter that begins in the prefix counts",
        &["BLOB-LIST-4"],
        driver!(Lines(|mut objects, prefix, delimiter| {
            objects.retain(|object| object.name.starts_with(prefix));
            divided(objects, |name| {
                let delimiter = delimiter?;
                // The first that ends behind the prefix.
                let ends = |(place, _): (usize, &str)| place + delimiter.len();
                let mut all = name.match_indices(delimiter).map(ends);
                all.find(|end| *end > prefix.len())
            })
        })),
    ),
    Mutant::new(
        "blob-list-folder-marker",
        "a divided list leaves out the object whose name is the prefix",
        &["BLOB-LIST-4"],
        driver!(Lines(|mut objects, prefix, delimiter| {
            objects.retain(|object| delimiter.is_none() || object.name != prefix);
            lines(objects, prefix, delimiter)
        })),
    ),
    Mutant::new(
        "blob-list-prefix-per-page",
        "one and the same prefix comes on several pages",
        &["BLOB-LIST-4", "TYP-PAGE-7"],
        driver!(PerPage),
    ),
    Mutant::new(
        "blob-list-behind-last-object",
        "a list goes on behind the last object that a prefix had",
        &["TYP-PAGE-7"],
        driver!(Behind::LastObject),
    ),
    Mutant::new(
        "blob-list-behind-last-character",
        "a list goes on behind a prefix and U+10FFFF, and names behind that bring the prefix again",
        &["BLOB-LIST-4", "TYP-PAGE-7"],
        driver!(Behind::LastCharacter),
    ),
    Mutant::new(
        "blob-list-no-next-character",
        "a list ends behind a prefix whose last character has no next one",
        &["BLOB-LIST-1", "BLOB-LIST-4", "TYP-PAGE-7"],
        driver!(NoNextCharacter),
    ),
    Mutant::new(
        "blob-list-empty-delimiter",
        "the empty delimiter is none",
        &["BLOB-LIST-6"],
        container!(Arguments::EmptyDelimiter),
    ),
    Mutant::new(
        "blob-list-long-prefix",
        "a prefix or a delimiter that is too long lists nothing",
        &["BLOB-LIST-7"],
        container!(Arguments::TooLongIsEmpty),
    ),
    Mutant::new(
        "blob-list-delimiter-before-prefix",
        "`list` looks at the delimiter before the prefix",
        &["TYP-ERR-8"],
        container!(Arguments::DelimiterFirst),
    ),
    Mutant::new(
        "blob-list-size-before-prefix",
        "`list` looks at the page size before all other arguments",
        &["TYP-ERR-8"],
        container!(Arguments::SizeFirst),
    ),
];
