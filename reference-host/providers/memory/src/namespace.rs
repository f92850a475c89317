//! An open scope: its stores, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, Scope, keyvalue};

use crate::KeyvalueStore;

/// The stores of one scope. Which ones there are is fixed when it is opened.
#[derive(Debug)]
pub struct MemoryNamespace {
    stores: BTreeMap<String, Arc<KeyvalueStore>>,
}

impl MemoryNamespace {
    pub(crate) fn new(scope: &Scope, store_bytes: usize) -> Self {
        let empty = |name: &String| {
            let store = KeyvalueStore::bounded(store_bytes);
            (name.clone(), Arc::new(store))
        };
        Self {
            stores: scope.names.iter().map(empty).collect(),
        }
    }

    /// Empties every store, for those who still hold one.
    pub(crate) fn clear(&self) {
        for store in self.stores.values() {
            store.clear();
        }
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
}
