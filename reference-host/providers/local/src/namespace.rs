//! An open scope: its stores and its containers, by name.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, blobstore, keyvalue};

use crate::blobstore::Container;
use crate::engine::Engine;
use crate::keyvalue::Store;
use crate::ledger::Opened;

#[derive(Debug)]
pub(crate) struct Names {
    engine: Arc<Engine>,
    opened: Opened,
}

impl Names {
    pub(crate) fn new(engine: Arc<Engine>, opened: Opened) -> Self {
        Self { engine, opened }
    }
}

#[async_trait]
impl Namespace for Names {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let &number = self.opened.stores.get(store).ok_or(ErrorKind::NotFound)?;
        Ok(Arc::new(Store::new(Arc::clone(&self.engine), number)))
    }

    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        let scope = self.opened.containers;
        let number = self
            .engine
            .read(|snapshot| snapshot.container(scope, container))?;
        let number = number.ok_or(ErrorKind::NotFound)?;
        let engine = Arc::clone(&self.engine);
        Ok(Arc::new(Container::new(engine, scope, number)))
    }

    async fn create_container(&self, container: &str) -> Result<()> {
        let (scope, name) = (self.opened.containers, container.to_owned());
        self.engine
            .write(0, move |ledger| ledger.create_container(scope, &name))
            .await
    }

    async fn delete_container(&self, container: &str) -> Result<()> {
        let (scope, name) = (self.opened.containers, container.to_owned());
        self.engine
            .write(0, move |ledger| ledger.delete_container(scope, &name))
            .await
    }
}
