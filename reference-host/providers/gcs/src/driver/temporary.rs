//! Objects that are there only for a while: what is appended, and the parts of an upload
//! that has ended.

use std::sync::Arc;

use tokio::runtime::Handle;

use crate::link::{Service, pause};
use crate::sweep;
use bucket_scopes::{GIVEN_UP, OnItsWay};

/// All that starts with a prefix. Dropping this removes it.
pub(super) struct Temporary {
    pub(super) service: Arc<Service>,
    pub(super) prefix: String,
    /// Who closes the scope waits for it to be gone.
    pub(super) on_its_way: Option<OnItsWay>,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Without a runtime the host is about to end.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let service = Arc::clone(&self.service);
        let (prefix, on_its_way) = (std::mem::take(&mut self.prefix), self.on_its_way.take());
        runtime.spawn(async move {
            let removed = async {
                let mut number = 1;
                while sweep::clear(&service, &prefix, None).await.is_err() {
                    pause(number).await;
                    number += 1;
                }
            };
            // What is left then goes when it is old.
            let _ = tokio::time::timeout(GIVEN_UP, removed).await;
            drop(on_its_way);
        });
    }
}
