//! The memory provider without a guest: its driver, called as an application of the same
//! process would call it.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::blobstore::Driver;

use super::{Native, get, put};
use crate::Fallible;

struct Direct(Arc<dyn Driver>);

pub(super) fn open(driver: Arc<dyn Driver>) -> Arc<dyn Native> {
    Arc::new(Direct(driver))
}

#[async_trait]
impl Native for Direct {
    async fn put(&self, bytes: u64) -> Fallible<()> {
        put(&*self.0, bytes).await
    }

    async fn get(&self) -> Fallible<u64> {
        get(&*self.0).await
    }
}
