//! What every run needs, whoever is tested: a host, and a suite loaded into it.

use std::path::PathBuf;
use std::sync::Arc;

use conformance_model::{FeatureLevel, HostInfo, SuiteComponent, SuiteInfo};
use conformance_spec::{Catalog, SpecError};
use reference_host::{Host, HostConfig, HostError};
use tokio::sync::Semaphore;

use crate::{ComponentFile, Suite, SuiteError, embedded_components, requests};

/// A host with a suite. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Harness {
    /// Runs the guests.
    pub host: Arc<Host>,
    /// The cases.
    pub suite: Arc<Suite>,
    /// The specification that they are cases of.
    pub catalog: Arc<Catalog>,
    /// One permit for each instance that the host admits: a case waits for
    /// room, because the host would refuse and not wait.
    pub(crate) room: Arc<Semaphore>,
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
    /// The specification cannot be read.
    #[error(transparent)]
    Spec(#[from] SpecError),
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
        let mut host = Host::new(&HostConfig {
            cache_directory,
            compile_quickly: true,
            ..HostConfig::default()
        })?;
        requests::add_to_linker(host.linker_mut())?;
        let catalog = Catalog::embedded()?;
        let mut suite = Suite::load(&host, components).await?;
        suite.hold_against(&catalog);
        let room = Arc::new(Semaphore::new(host.max_instances()));
        Ok(Self {
            host: Arc::new(host),
            suite: Arc::new(suite),
            catalog: Arc::new(catalog),
            room,
        })
    }

    /// Loads the components that are built into this binary.
    ///
    /// # Errors
    /// [`HarnessError`].
    pub async fn embedded(cache_directory: Option<PathBuf>) -> Result<Self, HarnessError> {
        Self::load(&embedded_components()?, cache_directory).await
    }

    /// What an event stream says of the suite.
    #[must_use]
    pub fn suite_info(&self) -> SuiteInfo {
        SuiteInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            components: self
                .suite
                .digests()
                .iter()
                .map(|(name, digest)| SuiteComponent {
                    name: name.clone(),
                    digest: digest.clone(),
                })
                .collect(),
        }
    }

    /// What an event stream says of the machine.
    #[must_use]
    pub fn host_info(&self) -> HostInfo {
        HostInfo {
            engine: reference_host::engine_name(),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
        }
    }

    /// Whether every provider of the feature's capability has it.
    pub(crate) fn is_core(&self, feature: &str) -> bool {
        self.catalog
            .feature(feature)
            .is_some_and(|feature| feature.level == FeatureLevel::Core)
    }
}

/// Where compiled components are kept: a folder in the cache of this user; none
/// if that is not known.
#[must_use]
pub fn default_cache_directory() -> Option<PathBuf> {
    Some(user_cache_directory()?.join("components"))
}

/// What this user's programs of ours keep: a folder under `$XDG_CACHE_HOME`, or
/// under `~/.cache`; none if neither is known.
pub(crate) fn user_cache_directory() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .map(|caches| caches.join("cloud-wit"))
}
