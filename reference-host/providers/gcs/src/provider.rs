//! The provider: connecting, and opening and closing scopes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cloud_contract::{
    Descriptor, Error, ErrorKind, Namespace, Provider, Result, Scope, ScopeId, Settings,
};

use crate::config::Config;
use crate::descriptor::{Bucket, describe};
use crate::link::Service;
use crate::names;
use crate::namespace::{Open, register, unmark};
use crate::resources::look;
use crate::sweep;
use bucket_scopes::Registration;

/// A bucket of the service.
#[derive(Debug)]
struct Storage {
    service: Arc<Service>,
    descriptor: Descriptor,
    /// The scopes that were opened here and not closed here since.
    open: Mutex<HashMap<ScopeId, Arc<Registration>>>,
}

/// Connects, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings and for a bucket that is absent, `unavailable`,
/// `timeout`, `access-denied`.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    if config.bucket.is_none() {
        return Err(Error::invalid("bucket: is required, the name of a bucket"));
    }
    let mut service = Service::new(&config).await?;
    let Some(found) = look(&service).await? else {
        return Err(Error::invalid("bucket: there is none of this name"));
    };
    service.has_history = found.keeps_states();
    let bucket = Bucket {
        is_emulator: config.is_emulator,
        has_history: service.has_history,
        soft_delete: found.keeps_deleted(),
        links: service.access.signing().map(|signing| signing.longest),
    };
    let descriptor = describe(&bucket, config.call_timeout);
    Ok(Arc::new(Storage {
        service: Arc::new(service),
        descriptor,
        open: Mutex::default(),
    }))
}

impl Storage {
    fn known(&self) -> MutexGuard<'_, HashMap<ScopeId, Arc<Registration>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for Storage {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        register(&self.service, &scope.id, &scope.names).await?;
        let new = || Arc::new(Registration::new(self.service.call_timeout));
        let mut known = self.known();
        let registration = known.entry(scope.id.clone()).or_insert_with(new);
        // Unless it was being closed here meanwhile.
        if registration.is_closed() {
            *registration = new();
        }
        Ok(Arc::new(Open {
            service: Arc::clone(&self.service),
            scope: scope.id.clone(),
            registration: Arc::clone(registration),
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let known = self.known().get(&scope.id).cloned();
        if let Some(registration) = known {
            // It stays known until its writes have ended: another attempt waits again.
            registration.close().await?;
            let mut known = self.known();
            if known
                .get(&scope.id)
                .is_some_and(|now| Arc::ptr_eq(now, &registration))
            {
                known.remove(&scope.id);
            }
        }
        // The mark goes last, so that a close that failed half way can be repeated.
        let opened = bucket_scopes::open_mark(&scope.id);
        sweep::clear(&self.service, &names::parts_of_scope(&scope.id), None).await?;
        sweep::clear(
            &self.service,
            &bucket_scopes::of_scope(&scope.id),
            Some(&opened),
        )
        .await?;
        match unmark(&self.service, &opened).await {
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}
