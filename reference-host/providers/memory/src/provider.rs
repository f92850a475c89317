//! The provider: open scopes by name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cloud_contract::{Descriptor, Namespace, Provider, Result, Scope, ScopeId, Settings};
use futures::future::BoxFuture;

use crate::config::Config;
use crate::{MemoryNamespace, descriptor};

/// The memory provider. Two values share nothing.
#[derive(Debug)]
pub struct MemoryProvider {
    descriptor: Descriptor,
    config: Config,
    scopes: Mutex<HashMap<ScopeId, Arc<MemoryNamespace>>>,
}

impl MemoryProvider {
    /// A provider without scopes, whose stores have the default room.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    /// A provider without scopes, each of whose stores takes at most `store_bytes`.
    /// Less than the largest value refuses values within the declared limits.
    #[must_use]
    pub fn bounded(store_bytes: usize) -> Self {
        Self::with(Config {
            store_bytes,
            ..Config::default()
        })
    }

    fn with(config: Config) -> Self {
        Self {
            descriptor: descriptor(),
            config,
            scopes: Mutex::default(),
        }
    }

    /// The map is consistent after each of its steps, so poison says nothing.
    fn scopes(&self) -> MutexGuard<'_, HashMap<ScopeId, Arc<MemoryNamespace>>> {
        self.scopes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryProvider {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Provider for MemoryProvider {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let namespace = Arc::clone(
            self.scopes()
                .entry(scope.id.clone())
                .or_insert_with(|| Arc::new(MemoryNamespace::new(scope, self.config))),
        );
        Ok(namespace)
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let closed = self.scopes().remove(&scope.id);
        if let Some(namespace) = closed {
            namespace.clear();
        }
        Ok(())
    }
}

pub(crate) fn connect(settings: Settings) -> BoxFuture<'static, Result<Arc<dyn Provider>>> {
    Box::pin(async move {
        let config = Config::read(&settings)?;
        Ok(Arc::new(MemoryProvider::with(config)) as Arc<dyn Provider>)
    })
}
