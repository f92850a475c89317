//! `move`.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use cloud_contract::blobstore::Site;
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::container;
use super::states::{failed, state_of, write};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::faults::keyvalue::tools::Window;

/// How `move` goes wrong.
#[derive(Debug)]
enum Move {
    /// The source stays.
    Copies,
    /// An object that is moved onto itself goes.
    SelfDeletes,
    /// A move of an absent object removes what is under the new name.
    MissingClears,
}

#[async_trait]
impl ContainerFault for Move {
    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        match self {
            Self::Copies => to.container.copy(name, site, new_name).await,
            Self::SelfDeletes => {
                let made = to.container.r#move(name, site, new_name).await?;
                let found = to.driver.head(new_name).await?;
                if name == new_name && found.is_some_and(|info| info.version == made) {
                    to.driver.delete(name, None).await?;
                }
                Ok(made)
            }
            Self::MissingClears => {
                let made = to.container.r#move(name, site, new_name).await;
                if failed(&made, &ErrorKind::NotFound) {
                    to.driver.delete(new_name, None).await?;
                }
                made
            }
        }
    }
}

/// The source is removed first: what it was waits under a name of its own meanwhile.
#[derive(Debug, Default)]
struct Gap {
    moves: AtomicU32,
    window: Window,
}

#[async_trait]
impl ContainerFault for Gap {
    async fn r#move(
        &self,
        to: &Target,
        name: &str,
        site: &Site,
        new_name: &str,
    ) -> Result<Version> {
        let driver = &*to.driver;
        let state = state_of(driver, name).await?.ok_or(ErrorKind::NotFound)?;
        let number = self.moves.fetch_add(1, Ordering::Relaxed);
        let between = format!("between/{number}");
        let info = state.info;
        write(
            driver,
            &between,
            state.bytes,
            info.content_type,
            info.metadata,
        )
        .await?;
        driver.delete(name, None).await?;
        self.window.open().await;
        to.container.r#move(&between, site, new_name).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-move-copies",
        "`move` leaves the source",
        &["BLOB-MOVE-1"],
        container!(Move::Copies),
    ),
    Mutant::new(
        "blob-move-gap",
        "`move` removes the source before the new object is there",
        &["BLOB-MOVE-2"],
        container!(Gap::default()),
    ),
    Mutant::new(
        "blob-move-self-deletes",
        "an object that is moved onto itself goes",
        &["BLOB-MOVE-3"],
        container!(Move::SelfDeletes),
    ),
    Mutant::new(
        "blob-move-missing-clears",
        "a move of an absent object removes what is under the new name",
        &["BLOB-COPY-4", "TYP-ERR-6"],
        container!(Move::MissingClears),
    ),
];
