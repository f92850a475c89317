//! `open` and `describe` of names.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::keyvalue::{Driver, Expected, Store};
use cloud_contract::{Capability, Description, ErrorKind, Result};
use provider_memory::KeyvalueStore;

use super::platform;
use super::tools::{every_key, other};
use crate::Mutant;
use crate::platform::{Door, PlatformFault};
use crate::provider::lock;

/// `open` of a name that is not granted.
#[derive(Debug)]
enum Denied {
    /// Is `not-found`.
    NotFound,
    /// Tells whether the store exists.
    Tells,
    /// Opens the store, if it exists.
    Opens,
    /// Opens an empty store.
    Empty,
    /// Fails with a text.
    Other,
}

#[async_trait]
impl PlatformFault for Denied {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        if to.grant(name).is_some() {
            return to.open_store(name).await;
        }
        let hidden = to.hidden(name).await;
        match self {
            Self::NotFound => Err(ErrorKind::NotFound.into()),
            Self::Other => Err(other("the name is not in the manifest")),
            Self::Empty => to.store_over(Arc::new(KeyvalueStore::new())),
            Self::Tells if hidden.is_err() => Err(ErrorKind::NotFound.into()),
            Self::Opens if let Ok(driver) = hidden => to.store_over(driver),
            Self::Tells | Self::Opens => Err(ErrorKind::AccessDenied.into()),
        }
    }
}

/// `open` of a granted name without a store.
#[derive(Debug)]
enum Absent {
    /// Is `access-denied`.
    Denied,
    /// Fails with a text.
    Other,
    /// Creates it at once.
    Creates,
    /// Says `not-found`, and creates it for the next time.
    CreatesLater(Mutex<HashSet<String>>),
}

#[async_trait]
impl PlatformFault for Absent {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let opened = to.open_store(name).await;
        let absent = matches!(&opened, Err(error) if *error.kind() == ErrorKind::NotFound);
        if !absent {
            return opened;
        }
        match self {
            Self::Denied => Err(ErrorKind::AccessDenied.into()),
            Self::Other => Err(other("there is no such bucket")),
            Self::Creates => to.store_over(Arc::new(KeyvalueStore::new())),
            Self::CreatesLater(seen) if lock(seen).insert(name.to_owned()) => opened,
            Self::CreatesLater(_) => to.store_over(Arc::new(KeyvalueStore::new())),
        }
    }
}

/// A name that no grant has is taken for one that does, by some rule.
#[derive(Debug)]
pub(super) struct Alike(pub(super) fn(asked: &str, granted: &str) -> bool);

impl Alike {
    fn name<'a>(&self, to: &'a Door, asked: &'a str) -> &'a str {
        let alike = |granted: &&str| (self.0)(asked, granted);
        if to.grant(asked).is_some() {
            return asked;
        }
        let mut names = to.grants.iter().map(|grant| grant.name.as_str());
        names.find(alike).unwrap_or(asked)
    }
}

#[async_trait]
impl PlatformFault for Alike {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        to.open_store(self.name(to, name)).await
    }
}

/// An `open` that is refused removes the keys of the first store.
#[derive(Debug)]
struct RefusalClears;

#[async_trait]
impl PlatformFault for RefusalClears {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let opened = to.open_store(name).await;
        if opened.is_err()
            && let Some(first) = to.grants.first()
        {
            let driver = first.namespace.keyvalue(&first.target).await?;
            for key in every_key(&*driver, "").await? {
                driver.delete(&key, Expected::Any).await?;
            }
        }
        opened
    }
}

fn visible(name: &str) -> String {
    let invisible = |sign: char| !sign.is_ascii() && !sign.is_alphanumeric();
    name.replace(invisible, "")
}

/// Letters and digits of full width as those of ASCII.
fn narrow(name: &str) -> String {
    let fold = |sign: char| match u32::from(sign) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(sign),
        _ => sign,
    };
    name.chars().map(fold).collect()
}

/// Refuses some granted names.
#[derive(Debug)]
pub(super) struct PickyName(pub(super) fn(&str) -> bool);

#[async_trait]
impl PlatformFault for PickyName {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let opened = to.open_store(name).await?;
        if (self.0)(name) {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(opened)
    }
}

/// Names are cut, so that two of them name one store.
#[derive(Debug)]
struct CutNames(usize);

#[async_trait]
impl PlatformFault for CutNames {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let opened = to.open_store(name).await?;
        let start = &name[..name.floor_char_boundary(self.0)];
        let mut same = to
            .grants
            .iter()
            .filter(|grant| grant.name.starts_with(start));
        match same.next() {
            Some(first) => to.open_store(&first.name).await,
            None => Ok(opened),
        }
    }
}

/// Every handle has data of its own.
#[derive(Debug)]
struct OwnData;

#[async_trait]
impl PlatformFault for OwnData {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        to.open_store(name).await?;
        to.store_over(Arc::new(KeyvalueStore::new()))
    }
}

/// Every instance has data of its own.
#[derive(Debug, Default)]
struct InstanceData(Mutex<HashMap<String, Arc<KeyvalueStore>>>);

#[async_trait]
impl PlatformFault for InstanceData {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let opened = to.open_store(name).await?;
        // Bindings with a narrower description keep their own store.
        if to.grants.first().is_none_or(|first| first.name != name) {
            return Ok(opened);
        }
        let store = Arc::clone(lock(&self.0).entry(name.to_owned()).or_default());
        to.store_over(store as Arc<dyn Driver>)
    }
}

/// `describe` of names and capabilities that it should refuse, or not.
#[derive(Debug)]
enum Describe {
    DeniedDescribed,
    DeniedNotFound,
    GrantedDenied,
    UnknownDenied,
    UnknownWrongName,
    UnknownDescribed,
    FoldsCase,
}

impl PlatformFault for Describe {
    fn describe(&self, to: &Door, capability: &str, name: &str) -> Result<Description> {
        let correct = to.describe(capability, name);
        let known = capability == "keyvalue";
        let granted = to.grant(name).is_some();
        let first = to.grants.first();
        let full = || match first {
            Some(grant) => Ok(Description::of(&grant.descriptor, Capability::Keyvalue)),
            None => Err(ErrorKind::NotFound.into()),
        };
        match self {
            Self::DeniedDescribed if known && !granted => full(),
            Self::DeniedNotFound if known && !granted => Err(ErrorKind::NotFound.into()),
            Self::GrantedDenied if granted && first.is_some_and(|first| first.name != name) => {
                Err(ErrorKind::AccessDenied.into())
            }
            Self::UnknownDenied if !known => Err(ErrorKind::AccessDenied.into()),
            Self::UnknownWrongName if !known => Err(ErrorKind::Unsupported {
                feature: "kv.store".into(),
            }
            .into()),
            Self::UnknownDescribed if !known => to.describe("keyvalue", name),
            Self::FoldsCase if !known && capability.eq_ignore_ascii_case("keyvalue") => {
                to.describe("keyvalue", name)
            }
            _ => correct,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-open-denied-not-found",
        "a name that is not granted is `not-found`",
        &["KV-OPEN-1"],
        platform!(Denied::NotFound),
    ),
    Mutant::new(
        "kv-open-denied-tells",
        "a name that is not granted is `not-found` if no store has it",
        &["KV-OPEN-1"],
        platform!(Denied::Tells),
    ),
    Mutant::new(
        "kv-open-denied-opens",
        "an existing store opens without a grant",
        &["KV-OPEN-1"],
        platform!(Denied::Opens),
    ),
    Mutant::new(
        "kv-open-denied-empty",
        "a name that is not granted opens an empty store",
        &["KV-OPEN-1", "KV-OPEN-4"],
        platform!(Denied::Empty),
    ),
    Mutant::new(
        "kv-open-denied-other",
        "a name that is not granted fails with a text",
        &["KV-OPEN-1", "TYP-ERR-1"],
        platform!(Denied::Other),
    ),
    Mutant::new(
        "kv-open-absent-denied",
        "a granted name without a store is `access-denied`",
        &["KV-OPEN-2"],
        platform!(Absent::Denied),
    ),
    Mutant::new(
        "kv-open-absent-other",
        "a granted name without a store fails with a text",
        &["KV-OPEN-2", "TYP-ERR-1"],
        platform!(Absent::Other),
    ),
    Mutant::new(
        "kv-open-creates",
        "`open` creates the store that is absent",
        &["KV-OPEN-2", "KV-OPEN-4"],
        platform!(Absent::Creates),
    ),
    Mutant::new(
        "kv-open-creates-for-later",
        "`open` says `not-found`, but the next one opens a new store",
        &["KV-OPEN-4"],
        platform!(Absent::CreatesLater(Mutex::default())),
    ),
    Mutant::new(
        "kv-open-folds-case",
        "`open` takes a granted name in upper case",
        &["KV-OPEN-5", "TYP-TEXT-1"],
        platform!(Alike(|asked, granted| asked.eq_ignore_ascii_case(granted))),
    ),
    Mutant::new(
        "kv-open-trims",
        "`open` takes a granted name with spaces around it",
        &["KV-OPEN-5", "TYP-TEXT-1"],
        platform!(Alike(|asked, granted| asked.trim() == granted)),
    ),
    Mutant::new(
        "kv-open-drops-invisible",
        "`open` takes a granted name with invisible characters in it",
        &["KV-OPEN-5", "TYP-TEXT-1"],
        platform!(Alike(|asked, granted| visible(asked) == granted)),
    ),
    Mutant::new(
        "kv-open-folds-width",
        "`open` takes a granted name in full-width characters",
        &["KV-OPEN-5", "TYP-TEXT-1"],
        platform!(Alike(|asked, granted| narrow(asked) == granted)),
    ),
    Mutant::new(
        "kv-open-ignores-end",
        "`open` does not look at the last character of a name",
        &["KV-OPEN-5"],
        platform!(Alike(|asked, granted| {
            !asked.is_empty()
                && asked.len() == granted.len()
                && asked.get(..asked.len() - 1) == granted.get(..granted.len() - 1)
        })),
    ),
    Mutant::new(
        "kv-open-refusal-clears",
        "an `open` that is refused removes the keys of another store",
        &["TYP-ERR-6", "KV-HANDLE-2"],
        platform!(RefusalClears),
    ),
    Mutant::new(
        "kv-open-ends-at-nul",
        "`open` takes a granted name with U+0000 behind it",
        &["KV-OPEN-5"],
        platform!(Alike(
            |asked, granted| asked.split('\0').next() == Some(granted)
        )),
    ),
    Mutant::new(
        "kv-open-any-start",
        "`open` takes the start of a granted name",
        &["KV-OPEN-5", "KV-OPEN-1"],
        platform!(Alike(|asked, granted| granted.starts_with(asked))),
    ),
    Mutant::new(
        "kv-open-refuses-short",
        "a name of three characters does not open",
        &["KV-OPEN-3"],
        platform!(PickyName(|name| name.len() <= 3)),
    ),
    Mutant::new(
        "kv-open-refuses-long",
        "a name of 63 characters does not open",
        &["KV-OPEN-3"],
        platform!(PickyName(|name| name.len() >= 63)),
    ),
    Mutant::new(
        "kv-open-refuses-hyphen",
        "a name with a hyphen does not open",
        &["KV-OPEN-3"],
        platform!(PickyName(|name| name.contains('-'))),
    ),
    Mutant::new(
        "kv-open-cuts-names",
        "names that agree in eight characters name one store",
        &["KV-HANDLE-3", "KV-OPEN-5"],
        platform!(CutNames(8)),
    ),
    Mutant::new(
        "kv-handle-own-data",
        "each handle has data of its own",
        &["KV-HANDLE-1"],
        platform!(OwnData),
    ),
    Mutant::new(
        "kv-instance-own-data",
        "each instance has data of its own",
        &["KV-VISIBLE-1", "KV-HANDLE-1"],
        platform!(InstanceData::default()),
    ),
    Mutant::new(
        "describe-denied",
        "a name that is not granted is described",
        &["TYP-DESC-2"],
        platform!(Describe::DeniedDescribed),
    ),
    Mutant::new(
        "describe-denied-not-found",
        "the description of a name that is not granted is `not-found`",
        &["TYP-DESC-2"],
        platform!(Describe::DeniedNotFound),
    ),
    Mutant::new(
        "describe-first-only",
        "only the first binding is described",
        &["TYP-DESC-1"],
        platform!(Describe::GrantedDenied),
    ),
    Mutant::new(
        "describe-unknown-denied",
        "the description of an unknown capability is `access-denied`",
        &["TYP-DESC-3"],
        platform!(Describe::UnknownDenied),
    ),
    Mutant::new(
        "describe-unknown-feature",
        "`unsupported` names a feature in place of the unknown capability",
        &["TYP-DESC-3"],
        platform!(Describe::UnknownWrongName),
    ),
    Mutant::new(
        "describe-unknown-described",
        "an unknown capability is described as if it were known",
        &["TYP-DESC-3"],
        platform!(Describe::UnknownDescribed),
    ),
    Mutant::new(
        "describe-folds-case",
        "the name of a capability is taken in upper case",
        &["TYP-DESC-3", "TYP-TEXT-1"],
        platform!(Describe::FoldsCase),
    ),
];
