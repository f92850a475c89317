//! The provider: scopes of one data folder.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{Descriptor, Error, Namespace, Provider, Result, Scope, Settings};

use crate::config::Config;
use crate::descriptor::descriptor;
use crate::engine::Engine;
use crate::error::DAMAGED;
use crate::namespace::Names;

/// A data folder, open in this process and in no other.
#[derive(Debug)]
pub(crate) struct Local {
    descriptor: Descriptor,
    engine: Arc<Engine>,
}

impl Local {
    /// Opens the data folder of `settings`.
    pub(crate) async fn connect(settings: Settings) -> Result<Self> {
        let config = Config::read(&settings)?;
        // Opening reads the file. The database may also panic on a damaged one;
        // that panic ends here.
        let engine = tokio::task::spawn_blocking(move || Engine::open(&config))
            .await
            .map_err(|error| Error::with_source(DAMAGED, error))??;
        Ok(Self {
            descriptor: descriptor(),
            engine: Arc::new(engine),
        })
    }
}

#[async_trait]
impl Provider for Local {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let id = scope.id.as_str();
        // A scope that is open need not wait for the writer.
        let opened = match self.engine.read(|snapshot| snapshot.scope(id))? {
            Some(opened) => opened,
            None => {
                let (id, names) = (id.to_owned(), scope.names.clone());
                self.engine
                    .write(0, move |ledger| ledger.open_scope(&id, &names))
                    .await?
            }
        };
        Ok(Arc::new(Names::new(Arc::clone(&self.engine), opened)))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let id = scope.id.as_str().to_owned();
        self.engine
            .write(0, move |ledger| ledger.close_scope(&id))
            .await
    }
}
