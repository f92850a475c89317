//! An open scope: its stores and its containers, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, Scope, blobstore, keyvalue};

use crate::KeyvalueStore;
use crate::blobstore::Containers;
use crate::config::Config;

/// What one scope holds. Which stores there are is fixed when it is opened.
#[derive(Debug)]
pub struct MemoryNamespace {
    stores: BTreeMap<String, Arc<KeyvalueStore>>,
    containers: Arc<Containers>,
}

impl MemoryNamespace {
    pub(crate) fn new(scope: &Scope, config: Config) -> Self {
        let empty = |name: &String| {
            let store = KeyvalueStore::bounded(config.store_bytes);
            (name.clone(), Arc::new(store))
        };
        Self {
            stores: scope.names.iter().map(empty).collect(),
            containers: Containers::new(&scope.names, config.container_bytes),
        }
    }

    /// Empties everything, for those who still hold one.
    pub(crate) fn clear(&self) {
        for store in self.stores.values() {
            store.clear();
        }
        self.containers.clear();
    }
}

#[async_trait]
impl Namespace for MemoryNamespace {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        match self.stores.get(store) {
            Some(store) => Ok(Arc::clone(store) as Arc<dyn keyvalue::Driver>),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        Ok(self.containers.get(container)?)
    }

    async fn create_container(&self, container: &str) -> Result<()> {
        self.containers.create(container)
    }

    async fn delete_container(&self, container: &str) -> Result<()> {
        self.containers.delete(container)
    }
}
