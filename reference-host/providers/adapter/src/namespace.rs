//! An open scope.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::{Namespace, Result, keyvalue};

use crate::driver::{Session, Store};
use crate::link::bounded;
use crate::wire::{Call, Place, Reply};

#[derive(Debug)]
pub(crate) struct Open {
    session: Arc<Session>,
    scope: Arc<str>,
    call_timeout: Duration,
}

impl Open {
    pub(crate) fn new(session: Arc<Session>, scope: &str, call_timeout: Duration) -> Self {
        Self {
            session,
            scope: scope.into(),
            call_timeout,
        }
    }
}

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let place = Place {
            scope: &self.scope,
            store,
        };
        let call = Call::OpenStore { place };
        let reply: Reply<()> = bounded(self.call_timeout, self.session.link.call(&call)).await?;
        reply.plain()?;
        Ok(Arc::new(Store::new(
            Arc::clone(&self.session),
            Arc::clone(&self.scope),
            store,
        )))
    }
}
