//! Names of stores: rules that services have for them, and stores that share one.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::keyvalue::Store;

use super::open::{Alike, PickyName};
use super::platform;
use crate::Mutant;
use crate::platform::{Door, PlatformFault};

/// Names that the service writes in the same way are names of one store.
#[derive(Debug)]
struct SameStore(fn(&str) -> String);

#[async_trait]
impl PlatformFault for SameStore {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let opened = to.open_store(name).await?;
        let written = (self.0)(name);
        let mut grants = to.grants.iter();
        match grants.find(|grant| (self.0)(&grant.name) == written) {
            Some(first) => to.open_store(&first.name).await,
            None => Ok(opened),
        }
    }
}

/// The first so many bytes of a name.
fn start(name: &str, length: usize) -> String {
    name[..name.floor_char_boundary(length)].to_owned()
}

macro_rules! picky {
    ($name:literal, $which:literal, $rule:expr) => {
        Mutant::new(
            $name,
            concat!("a name ", $which, " does not open"),
            &["KV-OPEN-3"],
            platform!(PickyName($rule)),
        )
    };
}

macro_rules! same {
    ($name:literal, $which:literal, $written:expr) => {
        Mutant::new(
            $name,
            concat!("names that ", $which, " name one store"),
            &["KV-HANDLE-3"],
            platform!(SameStore($written)),
        )
    };
}

pub(super) const MUTANTS: &[Mutant] = &[
    picky!(
        "kv-open-refuses-hyphen-first",
        "with a hyphen at its start",
        |name| name.starts_with('-')
    ),
    picky!(
        "kv-open-refuses-hyphen-last",
        "with a hyphen at its end",
        |name| name.ends_with('-')
    ),
    picky!(
        "kv-open-refuses-two-hyphens",
        "with two hyphens in a row",
        |name| name.contains("--")
    ),
    picky!(
        "kv-open-refuses-digit-first",
        "with a digit at its start",
        |name| name.starts_with(|sign: char| sign.is_ascii_digit())
    ),
    picky!("kv-open-refuses-numbers", "of digits alone", |name| name
        .bytes()
        .all(|byte| byte.is_ascii_digit())),
    picky!("kv-open-refuses-no-letter", "of hyphens alone", |name| name
        .bytes()
        .all(|byte| byte == b'-')),
    same!(
        "kv-stores-cut-at-20",
        "agree in twenty characters",
        |name| start(name, 20)
    ),
    same!("kv-stores-cut-at-62", "agree in 62 characters", |name| {
        start(name, 62)
    }),
    same!(
        "kv-stores-without-hyphens",
        "differ in hyphens alone",
        |name| name.replace('-', "")
    ),
    same!("kv-stores-as-numbers", "are equal numbers", |name| name
        .trim_start_matches('0')
        .to_owned()),
    Mutant::new(
        "kv-open-takes-underscores",
        "`open` takes a granted name with underscores for hyphens",
        &["KV-OPEN-5", "KV-OPEN-1"],
        platform!(Alike(|asked, granted| asked.replace('_', "-") == granted)),
    ),
];
