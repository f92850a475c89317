//! Tells the operator which names the component asked for and the manifest does not
//! grant. The component itself learns no more than that access is denied.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{Bindings, Description, Platform, Result, blobstore, keyvalue};

use crate::output;

/// Bindings that say what they refuse.
#[derive(Debug)]
pub(crate) struct Told {
    bindings: Bindings,
    /// The names that the manifest grants.
    granted: BTreeSet<String>,
}

impl Told {
    pub(crate) fn new(bindings: Bindings, granted: impl IntoIterator<Item = String>) -> Self {
        Self {
            bindings,
            granted: granted.into_iter().collect(),
        }
    }

    fn tell(&self, capability: &str, name: &str) {
        if !self.granted.contains(name) {
            output::notice(&format!(
                "refused: the component asks for {capability:?} {name:?}, which the manifest does \
                 not grant"
            ));
        }
    }
}

#[async_trait]
impl Platform for Told {
    async fn open_store(&self, name: &str) -> Result<Arc<dyn keyvalue::Store>> {
        self.tell("keyvalue", name);
        self.bindings.open_store(name).await
    }

    async fn open_container(&self, name: &str) -> Result<Arc<dyn blobstore::Container>> {
        self.tell("blobstore", name);
        self.bindings.open_container(name).await
    }

    async fn create_container(&self, name: &str) -> Result<()> {
        self.tell("blobstore", name);
        self.bindings.create_container(name).await
    }

    async fn delete_container(&self, name: &str) -> Result<()> {
        self.tell("blobstore", name);
        self.bindings.delete_container(name).await
    }

    fn describe(&self, capability: &str, name: &str) -> Result<Description> {
        self.tell(capability, name);
        self.bindings.describe(capability, name)
    }
}
