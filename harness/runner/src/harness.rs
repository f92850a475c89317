//! What every run needs, whoever is tested: a host, and a suite loaded into it.

use std::path::PathBuf;
use std::sync::Arc;

use reference_host::{Host, HostConfig, HostError};

use crate::{ComponentFile, Suite, SuiteError, embedded_components};

/// A host with a suite. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Harness {
    /// Runs the guests.
    pub host: Arc<Host>,
    /// The cases.
    pub suite: Arc<Suite>,
}

/// Why there is no harness.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// The engine cannot be set up.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The suite cannot be used.
    #[error(transparent)]
    Suite(#[from] SuiteError),
}

impl Harness {
    /// Loads `components` into a host that caches compiled code in a folder.
    ///
    /// # Errors
    /// [`HarnessError`].
    pub async fn load(
        components: &[ComponentFile],
        cache_directory: Option<PathBuf>,
    ) -> Result<Self, HarnessError> {
        let host = Host::new(&HostConfig {
            cache_directory,
            ..HostConfig::default()
        })?;
        let suite = Suite::load(&host, components).await?;
        Ok(Self {
            host: Arc::new(host),
            suite: Arc::new(suite),
        })
    }

    /// Loads the components that are built into this binary.
    ///
    /// # Errors
    /// [`HarnessError`].
    pub async fn embedded(cache_directory: Option<PathBuf>) -> Result<Self, HarnessError> {
        Self::load(&embedded_components()?, cache_directory).await
    }
}
