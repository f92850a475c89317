//! An open scope: its stores by name.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, keyvalue};

use crate::driver::Store;
use crate::engine::Engine;
use crate::record::Names;

#[derive(Debug)]
pub(crate) struct Stores {
    engine: Arc<Engine>,
    numbers: Names,
}

impl Stores {
    pub(crate) fn new(engine: Arc<Engine>, numbers: Names) -> Self {
        Self { engine, numbers }
    }
}

#[async_trait]
impl Namespace for Stores {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let &number = self.numbers.get(store).ok_or(ErrorKind::NotFound)?;
        Ok(Arc::new(Store::new(Arc::clone(&self.engine), number)))
    }
}
