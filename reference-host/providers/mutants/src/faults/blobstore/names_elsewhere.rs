//! Names that a function of an extended interface alone mangles, refuses or accepts
//! against the rules.

use std::borrow::Cow;

use async_trait::async_trait;
use cloud_contract::blobstore::{Expected, Site};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};

use super::container;
use super::names::{MangledIn, NAME_BYTES, TakenIn, cut, resolved};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};

/// One function alone refuses some names that are valid.
#[derive(Debug)]
struct PickyIn(Call, fn(&str) -> bool);

impl ContainerFault for PickyIn {
    fn name<'a>(&self, call: Call, name: &'a str) -> Result<Cow<'a, str>> {
        if call == self.0 && (self.1)(name) {
            return Err(Error::invalid("name: has a form that is not accepted"));
        }
        Ok(Cow::Borrowed(name))
    }
}

/// New names are taken that should be refused: as which other names.
#[derive(Debug)]
struct NewTaken(fn(&str) -> Option<&str>);

#[async_trait]
impl ContainerFault for NewTaken {
    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let new_name = (self.0)(new_name).unwrap_or(new_name);
        let copied = to.container.copy_if(name, source, site, new_name, expected);
        copied.await
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        let new_name = (self.0)(new_name).unwrap_or(new_name);
        to.container.rename(name, new_name, expected).await
    }
}

/// A name in the place of the empty one.
fn empty(name: &str) -> Option<&str> {
    name.is_empty().then_some("(empty)")
}

fn is_longest(name: &str) -> bool {
    name.len() == NAME_BYTES
}

/// A name that is not too long.
fn short(name: &str) -> Option<&str> {
    Some(cut(name, NAME_BYTES))
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-name-abort-refuses-longest",
        "`abort` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Abort, is_longest)),
    ),
    Mutant::new(
        "blob-name-complete-refuses-longest",
        "`complete` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Complete, is_longest)),
    ),
    Mutant::new(
        "blob-name-delete-version-refuses-longest",
        "`delete-version` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::DeleteVersion, is_longest)),
    ),
    Mutant::new(
        "blob-name-get-version-refuses-longest",
        "`get-version` alone refuses a name of the greatest length",
        &["BLOB-NAME-1", "BLOB-NAME-3"],
        container!(PickyIn(Call::GetVersion, is_longest)),
    ),
    Mutant::new(
        "blob-name-parts-refuses-longest",
        "`parts` alone refuses a name of the greatest length",
        &["BLOB-NAME-1", "BLOB-NAME-2"],
        container!(PickyIn(Call::Parts, is_longest)),
    ),
    Mutant::new(
        "blob-name-put-part-refuses-longest",
        "`put-part` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::PutPart, is_longest)),
    ),
    Mutant::new(
        "blob-name-append-refuses-longest",
        "`append` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Append, is_longest)),
    ),
    Mutant::new(
        "blob-name-begin-refuses-longest",
        "`begin` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Begin, is_longest)),
    ),
    Mutant::new(
        "blob-name-copy-refuses-longest",
        "`copy` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Copy, is_longest)),
    ),
    Mutant::new(
        "blob-name-copy-if-refuses-longest",
        "`copy-if` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::CopyIf, is_longest)),
    ),
    Mutant::new(
        "blob-name-delete-if-refuses-longest",
        "`delete-if` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::DeleteIf, is_longest)),
    ),
    Mutant::new(
        "blob-name-delete-many-refuses-longest",
        "`delete-many` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::DeleteMany, is_longest)),
    ),
    Mutant::new(
        "blob-name-move-refuses-longest",
        "`move` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Move, is_longest)),
    ),
    Mutant::new(
        "blob-name-rename-refuses-longest",
        "`rename` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Rename, is_longest)),
    ),
    Mutant::new(
        "blob-name-sign-refuses-longest",
        "`sign` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Sign, is_longest)),
    ),
    Mutant::new(
        "blob-name-versions-refuses-longest",
        "`versions` alone refuses a name of the greatest length",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Versions, is_longest)),
    ),
    Mutant::new(
        "blob-name-copy-if-trims",
        "`copy-if` alone trims the name of its source",
        &["BLOB-NAME-1", "BLOB-NAME-2"],
        container!(MangledIn(Call::CopyIf, |name| name.trim().to_owned())),
    ),
    Mutant::new(
        "blob-name-delete-if-folds-case",
        "`delete-if` alone folds names to lower case",
        &["BLOB-NAME-1", "BLOB-NAME-2"],
        container!(MangledIn(Call::DeleteIf, str::to_lowercase)),
    ),
    Mutant::new(
        "blob-name-rename-resolves-dots",
        "`rename` alone resolves `.` and `..` in the old name",
        &["BLOB-NAME-1", "BLOB-NAME-3"],
        container!(MangledIn(Call::Rename, resolved)),
    ),
    Mutant::new(
        "blob-name-append-folds-case",
        "`append` alone folds names to lower case",
        &["BLOB-NAME-1", "BLOB-NAME-2"],
        container!(MangledIn(Call::Append, str::to_lowercase)),
    ),
    Mutant::new(
        "blob-name-begin-trims",
        "`begin` alone trims the name",
        &["BLOB-NAME-1", "BLOB-NAME-2"],
        container!(MangledIn(Call::Begin, |name| name.trim().to_owned())),
    ),
    Mutant::new(
        "blob-name-versions-decodes",
        "`versions` alone decodes `%2F`",
        &["BLOB-NAME-2"],
        container!(MangledIn(Call::Versions, |name| name.replace("%2F", "/"))),
    ),
    Mutant::new(
        "blob-name-delete-version-folds-case",
        "`delete-version` alone folds names to lower case",
        &["BLOB-NAME-3"],
        container!(MangledIn(Call::DeleteVersion, str::to_lowercase)),
    ),
    Mutant::new(
        "blob-name-sign-refuses-control",
        "a link to a name with a control character is `invalid-argument`",
        &["BLOB-NAME-1"],
        container!(PickyIn(Call::Sign, |name| name.contains(char::is_control))),
    ),
    Mutant::new(
        "blob-name-empty-delete-if",
        "`delete-if` alone takes the empty name",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::DeleteIf, empty)),
    ),
    Mutant::new(
        "blob-name-empty-copy-if",
        "`copy-if` alone takes the empty name",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::CopyIf, empty)),
    ),
    Mutant::new(
        "blob-name-empty-rename",
        "`rename` alone takes the empty name",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::Rename, empty)),
    ),
    Mutant::new(
        "blob-name-empty-append",
        "`append` alone takes the empty name",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::Append, empty)),
    ),
    Mutant::new(
        "blob-name-empty-put-part",
        "`put-part` alone takes the empty name",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::PutPart, empty)),
    ),
    Mutant::new(
        "blob-name-empty-versions",
        "`versions` alone takes the empty name",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::Versions, empty)),
    ),
    Mutant::new(
        "blob-name-empty-sign",
        "`sign` alone takes the empty name",
        &["BLOB-NAME-4"],
        container!(TakenIn(Call::Sign, empty)),
    ),
    Mutant::new(
        "blob-name-long-delete-if",
        "`delete-if` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::DeleteIf, short)),
    ),
    Mutant::new(
        "blob-name-long-copy-if",
        "`copy-if` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::CopyIf, short)),
    ),
    Mutant::new(
        "blob-name-long-rename",
        "`rename` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::Rename, short)),
    ),
    Mutant::new(
        "blob-name-long-append",
        "`append` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::Append, short)),
    ),
    Mutant::new(
        "blob-name-long-abort",
        "`abort` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::Abort, short)),
    ),
    Mutant::new(
        "blob-name-long-get-version",
        "`get-version` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::GetVersion, short)),
    ),
    Mutant::new(
        "blob-name-long-sign",
        "`sign` alone takes a name of any length",
        &["BLOB-NAME-5"],
        container!(TakenIn(Call::Sign, short)),
    ),
    Mutant::new(
        "blob-name-empty-new",
        "`copy-if` and `rename` take the empty name for the new object",
        &["BLOB-NAME-4"],
        container!(NewTaken(empty)),
    ),
    Mutant::new(
        "blob-name-long-new",
        "`copy-if` and `rename` take a new name of any length",
        &["BLOB-NAME-5"],
        container!(NewTaken(short)),
    ),
];
