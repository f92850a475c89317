//! An open scope: the numbers of its stores.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, keyvalue};

use crate::driver::Store;
use crate::link::Pool;
use crate::sweeper::Sweeper;

/// The contract's view of an open scope. The numbers are of this opening: once the
/// scope is closed, nothing can be written under them any more.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) pool: Arc<Pool>,
    pub(crate) sweeper: Arc<Sweeper>,
    pub(crate) stores: HashMap<String, i64>,
}

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        match self.stores.get(store) {
            Some(&number) => Ok(Arc::new(Store::new(
                Arc::clone(&self.pool),
                Arc::clone(&self.sweeper),
                number,
            ))),
            None => Err(ErrorKind::NotFound.into()),
        }
    }
}
