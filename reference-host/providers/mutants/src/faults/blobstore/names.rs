//! Names of objects that are mangled on their way to the service, or on their way back,
//! and names that are refused or accepted against the rules.

use std::borrow::Cow;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, Driver, Item, ItemPage, ListRequest, ObjectItem, PutOptions,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault};
use crate::blobstore::driver::DriverFault;

/// The limit of the memory provider, which these faults are made for.
pub(super) const NAME_BYTES: usize = 1024;

/// Every function writes under, and asks for, another name.
#[derive(Debug)]
struct Mangled(fn(&str) -> String);

impl ContainerFault for Mangled {
    fn name<'a>(&self, _: Call, name: &'a str) -> Result<Cow<'a, str>> {
        let mangled = (self.0)(name);
        // What is nothing any more would be refused, and that is another fault.
        let kept = mangled.is_empty() || name.len() > NAME_BYTES;
        Ok(if kept {
            Cow::Borrowed(name)
        } else {
            Cow::Owned(mangled)
        })
    }
}

/// One function alone asks for another name.
#[derive(Debug)]
pub(super) struct MangledIn(pub(super) Call, pub(super) fn(&str) -> String);

impl ContainerFault for MangledIn {
    fn name<'a>(&self, call: Call, name: &'a str) -> Result<Cow<'a, str>> {
        if call == self.0 {
            Ok(Cow::Owned((self.1)(name)))
        } else {
            Ok(Cow::Borrowed(name))
        }
    }
}

/// Names are taken that should be refused: as which other names.
#[derive(Debug)]
struct Taken(fn(&str) -> Option<&str>);

impl ContainerFault for Taken {
    fn name<'a>(&self, _: Call, name: &'a str) -> Result<Cow<'a, str>> {
        Ok(Cow::Borrowed((self.0)(name).unwrap_or(name)))
    }
}

/// The same in one function alone.
#[derive(Debug)]
pub(super) struct TakenIn(pub(super) Call, pub(super) fn(&str) -> Option<&str>);

impl ContainerFault for TakenIn {
    fn name<'a>(&self, call: Call, name: &'a str) -> Result<Cow<'a, str>> {
        let taken = (self.1)(name).filter(|_| call == self.0);
        Ok(Cow::Borrowed(taken.unwrap_or(name)))
    }
}

/// Refuses some names that are valid.
#[derive(Debug)]
struct Picky(fn(&str) -> bool);

impl ContainerFault for Picky {
    fn name<'a>(&self, _: Call, name: &'a str) -> Result<Cow<'a, str>> {
        if (self.0)(name) {
            Err(Error::invalid("name: has a form that is not accepted"))
        } else {
            Ok(Cow::Borrowed(name))
        }
    }
}

/// An object cannot be written where a part of its name is an object, as in a file system.
#[derive(Debug)]
struct FolderClash;

#[async_trait]
impl DriverFault for FolderClash {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        for (place, _) in name.match_indices('/').filter(|(place, _)| *place > 0) {
            if to.head(&name[..place]).await?.is_some() {
                return Err(Error::invalid("name: a part of it is an object"));
            }
        }
        to.put(name, body, options).await
    }
}

/// A deletion takes with it what lies below the name, as in a file system.
#[derive(Debug)]
struct DeletesFolder;

#[async_trait]
impl DriverFault for DeletesFolder {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        to.delete(name, expected).await?;
        let below = ListRequest {
            prefix: &[name.trim_end_matches('/'), "/"].concat(),
            delimiter: None,
            after: None,
            limit: usize::MAX,
        };
        for item in to.list(below).await?.items {
            if let Item::Object(object) = item {
                to.delete(&object.name, None).await?;
            }
        }
        Ok(())
    }
}

/// A put removes the object whose name its own begins with, up to the last slash.
#[derive(Debug)]
struct PutClearsFile;

#[async_trait]
impl DriverFault for PutClearsFile {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let version = to.put(name, body, options).await?;
        if let Some((folder, rest)) = name.rsplit_once('/')
            && !folder.is_empty()
            && !rest.is_empty()
        {
            to.delete(folder, None).await?;
        }
        Ok(version)
    }
}

/// Lists return another text than the name.
#[derive(Debug)]
struct Listed(fn(&str) -> String);

#[async_trait]
impl DriverFault for Listed {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<ItemPage> {
        let mut page = to.list(request).await?;
        for item in &mut page.items {
            if let Item::Object(ObjectItem { name, .. }) = item {
                *name = (self.0)(name);
            }
        }
        Ok(page)
    }
}

/// Letters with an accent and the two characters that spell them.
const ACCENTS: [(&str, &str); 8] = [
    ("é", "e\u{301}"),
    ("è", "e\u{300}"),
    ("á", "a\u{301}"),
    ("ä", "a\u{308}"),
    ("Å", "A\u{30a}"),
    ("ö", "o\u{308}"),
    ("ü", "u\u{308}"),
    ("ñ", "n\u{303}"),
];

fn composed(name: &str) -> String {
    let signs = name.replace('\u{212b}', "Å");
    let compose = |name: String, (one, two): &(&str, &str)| name.replace(two, one);
    ACCENTS.iter().fold(signs, compose)
}

/// As a file system resolves `.` and `..`.
pub(super) fn resolved(name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn squeezed(name: &str) -> String {
    let mut name = name.to_owned();
    while name.contains("//") {
        name = name.replace("//", "/");
    }
    name
}

/// The longest start of `name` of at most `length` bytes.
pub(super) fn cut(name: &str, length: usize) -> &str {
    &name[..name.floor_char_boundary(length)]
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-name-trims-slash",
        "a slash at the beginning or the end of a name is trimmed",
        &["BLOB-NAME-2", "BLOB-NAME-3"],
        container!(Mangled(|name| name.trim_matches('/').to_owned())),
    ),
    Mutant::new(
        "blob-name-collapses-slashes",
        "two slashes in a row become one",
        &["BLOB-NAME-2", "BLOB-NAME-3"],
        container!(Mangled(squeezed)),
    ),
    Mutant::new(
        "blob-name-resolves-dots",
        "`.` and `..` between slashes are resolved",
        &["BLOB-NAME-2", "BLOB-NAME-3"],
        container!(Mangled(resolved)),
    ),
    Mutant::new(
        "blob-name-trims-dots",
        "dots at the end of a name are trimmed",
        &["BLOB-NAME-2", "BLOB-NAME-3"],
        container!(Mangled(|name| name.trim_end_matches('.').to_owned())),
    ),
    Mutant::new(
        "blob-name-backslash-is-slash",
        "a backslash in a name becomes a slash",
        &["BLOB-NAME-2", "BLOB-NAME-3"],
        container!(Mangled(|name| name.replace('\\', "/"))),
    ),
    Mutant::new(
        "blob-name-folder-clash",
        "`a/b` is refused while `a` is there",
        &["BLOB-NAME-3", "BLOB-NAME-1"],
        driver!(FolderClash),
    ),
    Mutant::new(
        "blob-name-deletes-folder",
        "deleting `a` deletes `a/b` with it",
        &["BLOB-DELETE-3", "BLOB-NAME-3"],
        driver!(DeletesFolder),
    ),
    Mutant::new(
        "blob-name-put-clears-file",
        "putting `a/b` removes `a`",
        &["BLOB-PUT-3", "BLOB-NAME-3"],
        driver!(PutClearsFile),
    ),
    Mutant::new(
        "blob-name-folds-case",
        "names are folded to lower case",
        &["BLOB-NAME-2", "TYP-TEXT-1"],
        container!(Mangled(str::to_lowercase)),
    ),
    Mutant::new(
        "blob-name-nfc",
        "names are normalised to NFC",
        &["BLOB-NAME-2", "BLOB-NAME-6", "TYP-TEXT-1"],
        container!(Mangled(composed)),
    ),
    Mutant::new(
        "blob-name-trims",
        "blanks around a name are trimmed",
        &["BLOB-NAME-2", "TYP-TEXT-1"],
        container!(Mangled(|name| name.trim().to_owned())),
    ),
    Mutant::new(
        "blob-name-refuses-control",
        "a name with a control character is `invalid-argument`",
        &["BLOB-NAME-1"],
        container!(Picky(|name| name.contains(char::is_control))),
    ),
    Mutant::new(
        "blob-name-refuses-noncharacters",
        "a name with U+FFFE or U+FFFF is `invalid-argument`",
        &["BLOB-NAME-1"],
        container!(Picky(|name| name.contains(['\u{fffe}', '\u{ffff}']))),
    ),
    Mutant::new(
        "blob-name-refuses-reserved",
        "a name that starts with `.minio.sys` or `.well-known` is `invalid-argument`",
        &["BLOB-NAME-1", "BLOB-NAME-3"],
        container!(Picky(
            |name| name.starts_with(".minio.sys") || name.starts_with(".well-known")
        )),
    ),
    Mutant::new(
        "blob-name-refuses-deep",
        "a name with more than 100 slashes is `invalid-argument`",
        &["BLOB-NAME-1"],
        container!(Picky(|name| name.matches('/').count() > 100)),
    ),
    Mutant::new(
        "blob-name-cut-at-nul",
        "a name is cut at U+0000",
        &["BLOB-NAME-2", "BLOB-NAME-1"],
        container!(Mangled(|name| name
            .split('\0')
            .next()
            .unwrap_or_default()
            .to_owned())),
    ),
    Mutant::new(
        "blob-name-percent-decoded",
        "`%2F` in a name becomes a slash",
        &["BLOB-NAME-2", "BLOB-NAME-6"],
        container!(Mangled(|name| name.replace("%2F", "/").replace("%20", " "))),
    ),
    Mutant::new(
        "blob-name-drops-query",
        "a name ends before its first question mark",
        &["BLOB-NAME-2", "BLOB-NAME-3"],
        container!(Mangled(|name| name
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned())),
    ),
    Mutant::new(
        "blob-name-ascii-only",
        "what is not ASCII in a name becomes a question mark",
        &["BLOB-NAME-1", "BLOB-NAME-2", "TYP-TEXT-1"],
        container!(Mangled(
            |name| name.replace(|sign: char| !sign.is_ascii(), "?")
        )),
    ),
    Mutant::new(
        "blob-name-cut-to-255",
        "names are cut to 255 bytes",
        &["BLOB-NAME-1", "BLOB-NAME-2"],
        container!(Mangled(|name| cut(name, 255).to_owned())),
    ),
    Mutant::new(
        "blob-name-cut-below-limit",
        "names of the greatest length lose their last byte",
        &["BLOB-NAME-1", "BLOB-NAME-2"],
        container!(Mangled(|name| cut(name, NAME_BYTES - 1).to_owned())),
    ),
    Mutant::new(
        "blob-name-head-folds-case",
        "`head` alone asks for names in lower case",
        &["BLOB-NAME-2", "BLOB-HEAD-1"],
        container!(MangledIn(Call::Head, str::to_lowercase)),
    ),
    Mutant::new(
        "blob-name-copy-trims",
        "`copy` alone trims the name of its source",
        &["BLOB-NAME-2", "TYP-TEXT-1"],
        container!(MangledIn(Call::Copy, |name| name.trim().to_owned())),
    ),
    Mutant::new(
        "blob-name-delete-many-decodes",
        "`delete-many` alone decodes `%2F`",
        &["BLOB-NAME-2", "TYP-TEXT-1"],
        container!(MangledIn(Call::DeleteMany, |name| name.replace("%2F", "/"))),
    ),
    Mutant::new(
        "blob-name-empty-ok",
        "the empty name is a name",
        &["BLOB-NAME-4"],
        container!(Taken(|name| name.is_empty().then_some("(empty)"))),
    ),
    Mutant::new(
        "blob-name-empty-head",
        "`head` alone takes the empty name, and finds nothing",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::Head, |name| name
            .is_empty()
            .then_some("(empty)"))),
    ),
    Mutant::new(
        "blob-name-empty-move",
        "`move` alone takes the empty name, and finds nothing",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::Move, |name| name
            .is_empty()
            .then_some("(empty)"))),
    ),
    Mutant::new(
        "blob-name-one-too-long",
        "a name may be one byte longer than the limit",
        &["BLOB-NAME-5"],
        container!(Taken(
            |name| (name.len() == NAME_BYTES + 1).then(|| cut(name, NAME_BYTES))
        )),
    ),
    Mutant::new(
        "blob-name-long-deleted",
        "`delete` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::Delete, |name| Some(cut(name, NAME_BYTES)))),
    ),
    Mutant::new(
        "blob-name-counts-characters",
        "the limit of a name counts characters",
        &["BLOB-NAME-5"],
        container!(Taken(
            |name| (name.chars().count() <= NAME_BYTES).then(|| cut(name, NAME_BYTES))
        )),
    ),
    Mutant::new(
        "blob-list-encoded-names",
        "a list returns names with a blank as `+`",
        &["BLOB-NAME-6"],
        driver!(Listed(|name| name.replace(' ', "+"))),
    ),
    Mutant::new(
        "blob-list-printable-names",
        "a list returns U+FFFD for control characters",
        &["BLOB-NAME-6"],
        driver!(Listed(|name| name.replace(char::is_control, "\u{fffd}"))),
    ),
    Mutant::new(
        "blob-list-composed-names",
        "a list returns accented letters composed",
        &["BLOB-NAME-6", "TYP-TEXT-1"],
        driver!(Listed(composed)),
    ),
];
