//! Remembers which scopes of a provider are open. A case that panics or is
//! aborted cannot close its own; what it left is closed at the end of the run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::{Descriptor, Grant, Namespace, Platform, Provider, Result, Scope, ScopeId};
use futures::future::join_all;

use crate::ledger::Ledger;

/// How long closing what was left behind may take, all scopes together.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A provider, and its scopes that are open.
#[derive(Debug)]
pub(crate) struct Tidy {
    provider: Arc<dyn Provider>,
    open: Mutex<HashMap<ScopeId, Scope>>,
    ledger: Option<Arc<Ledger>>,
}

impl Tidy {
    pub(crate) fn new(provider: Arc<dyn Provider>, ledger: Option<Arc<Ledger>>) -> Self {
        Self {
            provider,
            open: Mutex::default(),
            ledger,
        }
    }

    /// Closes what is still open. Returns what could not be closed.
    pub(crate) async fn close_all(&self) -> Vec<Scope> {
        let left: Vec<Scope> = self.lock().values().cloned().collect();
        let closing = join_all(left.iter().map(|scope| self.close(scope)));
        // Each that was closed was taken out, whether or not all of them were.
        tokio::time::timeout(CLOSE_TIMEOUT, closing).await.ok();
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ScopeId, Scope>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for Tidy {
    fn descriptor(&self) -> &Descriptor {
        self.provider.descriptor()
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        // Before it is there: opening may fail half way, or never return.
        self.lock().insert(scope.id.clone(), scope.clone());
        if let Some(ledger) = &self.ledger {
            ledger.opened(scope)?;
        }
        self.provider.open(scope).await
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        self.provider.close(scope).await?;
        self.lock().remove(&scope.id);
        match &self.ledger {
            Some(ledger) => ledger.closed(&scope.id),
            None => Ok(()),
        }
    }

    fn loss(&self) -> Option<String> {
        self.provider.loss()
    }

    fn platform(&self, grants: Vec<Grant>) -> Arc<dyn Platform> {
        self.provider.platform(grants)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use cloud_contract::{Durability, ErrorKind};

    use super::*;

    /// A provider that holds scopes, and cannot remove one of them.
    #[derive(Debug)]
    struct Holder {
        descriptor: Descriptor,
        held: Mutex<HashSet<String>>,
    }

    #[async_trait]
    impl Provider for Holder {
        fn descriptor(&self) -> &Descriptor {
            &self.descriptor
        }

        async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
            self.held
                .lock()
                .unwrap()
                .insert(scope.id.as_str().to_owned());
            // As a service that did it and could not answer any more.
            Err(ErrorKind::Timeout.into())
        }

        async fn close(&self, scope: &Scope) -> Result<()> {
            if scope.id.as_str() == "stuck" {
                return Err(ErrorKind::Unavailable.into());
            }
            self.held.lock().unwrap().remove(scope.id.as_str());
            Ok(())
        }
    }

    #[test]
    fn what_was_not_closed_is_closed_at_the_end_or_told() {
        let holder = Arc::new(Holder {
            descriptor: Descriptor {
                provider: "holder",
                product: String::new(),
                product_version: None,
                features: Vec::new(),
                limits: Vec::new(),
                durability: Durability::Volatile,
                visibility_bound: Duration::ZERO,
                call_timeout: Duration::from_secs(1),
            },
            held: Mutex::default(),
        });
        let tidy = Tidy::new(Arc::clone(&holder) as Arc<dyn Provider>, None);
        let scope = |id: &str| Scope {
            id: ScopeId::new(id).unwrap(),
            names: Vec::new(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let left = runtime.block_on(async {
            for id in ["closed", "left", "stuck"] {
                assert!(tidy.open(&scope(id)).await.is_err());
            }
            tidy.close(&scope("closed")).await.unwrap();
            tidy.close_all().await
        });
        assert_eq!(left, [scope("stuck")]);
        let held: Vec<String> = holder.held.lock().unwrap().drain().collect();
        assert_eq!(held, ["stuck"]);
    }
}
