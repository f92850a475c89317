//! What a session read before and reads again, until something tells it otherwise: all
//! functions do that to all sessions, but for one.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Info, Range, Reading};
use cloud_contract::keyvalue::Version;

use super::container;
use super::whole::Whole;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::provider::lock;

/// What `get` found is kept, for each session apart.
#[derive(Debug)]
struct Kept {
    /// What others do by this function a session is not told.
    untold: Call,
    reads: Mutex<HashMap<(u64, String), Option<Whole>>>,
}

impl Kept {
    fn over(untold: Call) -> Self {
        let reads = Mutex::default();
        Self { untold, reads }
    }

    fn kept(&self, to: &Target, name: &str) -> Option<Option<Whole>> {
        let key = (to.session, name.to_owned());
        lock(&self.reads).get(&key).cloned()
    }
}

#[async_trait]
impl ContainerFault for Kept {
    async fn writing(&self, to: &Target, call: Call, _: &str) {
        let mut reads = lock(&self.reads);
        if matches!(call, Call::Begin | Call::PutPart | Call::Abort) {
            // No object changes.
            return;
        }
        if call == self.untold {
            reads.retain(|(session, _), _| *session != to.session);
        } else {
            reads.clear();
        }
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        if let Some(kept) = self.kept(to, name).filter(|_| expected.is_none()) {
            return kept.map(|whole| whole.reading(range)).transpose();
        }
        if expected.is_none() {
            let whole = Whole::of(&*to.driver, name).await?;
            lock(&self.reads).insert((to.session, name.to_owned()), whole);
        }
        to.container.get(name, range, expected).await
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let info = to.container.head(name).await?;
        let kept = self.kept(to, name);
        Ok(kept.map_or(info, |whole| whole.map(|whole| whole.info)))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-visible-keeps-over-rename",
        "what a session read it reads again after others renamed it",
        &["BLOB-VISIBLE-1"],
        container!(Kept::over(Call::Rename)),
    ),
    Mutant::new(
        "blob-visible-keeps-over-copy-if",
        "what a session read it reads again after others copied over it by `copy-if`",
        &["BLOB-VISIBLE-1"],
        container!(Kept::over(Call::CopyIf)),
    ),
    Mutant::new(
        "blob-visible-keeps-over-delete-if",
        "what a session read it reads again after others removed it by `delete-if`",
        &["BLOB-VISIBLE-1"],
        container!(Kept::over(Call::DeleteIf)),
    ),
    Mutant::new(
        "blob-visible-keeps-over-append",
        "what a session read it reads again after others appended to it",
        &["BLOB-VISIBLE-1"],
        container!(Kept::over(Call::Append)),
    ),
    Mutant::new(
        "blob-visible-keeps-over-complete",
        "what a session read it reads again after others completed an upload of it",
        &["BLOB-VISIBLE-1"],
        container!(Kept::over(Call::Complete)),
    ),
];
