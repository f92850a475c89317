//! An open scope: which containers it has, each a mark of its own.

use std::sync::Arc;

use async_trait::async_trait;
use bucket_scopes::{Region, Registration};
use cloud_contract::blobstore::Expected;
use cloud_contract::{Error, ErrorKind, Namespace, Result, ScopeId, blobstore};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;

use crate::driver::{Container, object, remove};
use crate::error::stale;
use crate::link::{Ask, Service};
use crate::names::{self, Keys};
use crate::sweep;

/// How many marks are written at a time.
const AT_ONCE: usize = 8;

/// Whether there is a mark.
async fn is_marked(service: &Service, key: &str) -> Result<bool> {
    Ok(object::find(service, key).await?.is_some())
}

/// Refuses for a container that is not there.
///
/// # Errors
/// `not-found`.
pub(crate) async fn expect(service: &Service, scope: &ScopeId, container: &str) -> Result<()> {
    let mark = names::container_mark(scope, container).ok_or(ErrorKind::NotFound)?;
    if is_marked(service, &mark).await? {
        Ok(())
    } else {
        Err(ErrorKind::NotFound.into())
    }
}

/// Makes a mark.
///
/// # Errors
/// `already-exists`.
async fn mark(service: &Service, key: &str) -> Result<()> {
    let ask = Ask::blob(Method::PUT, key)
        .field("x-ms-blob-type", "BlockBlob")
        .field("if-none-match", "*");
    match service.write(&ask).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_stale() => Err(ErrorKind::AlreadyExists.into()),
        Err(failure) => Err(failure.into()),
    }
}

/// Removes a mark, if there is one.
pub(crate) async fn unmark(service: &Service, key: &str) -> Result<()> {
    remove::delete(service, key, &Expected::Any).await
}

/// What is marked already is as it has to be.
fn marked(done: Result<()>) -> Result<()> {
    match done {
        Err(error) if *error.kind() == ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

/// Gives a scope its containers, unless it is open already. The mark of the scope comes
/// last: without it nobody has used the containers, and they are made again.
pub(crate) async fn register(service: &Service, scope: &ScopeId, names: &[String]) -> Result<()> {
    let opened = bucket_scopes::open_mark(scope);
    if is_marked(service, &opened).await? {
        return Ok(());
    }
    let marks = names.iter().map(|name| names::container_mark(scope, name));
    let marks: Option<Vec<String>> = marks.collect();
    let marks = marks.ok_or_else(|| Error::invalid("scope: a name must have 1 to 80 bytes"))?;
    stream::iter(marks.iter())
        .map(Ok)
        .try_for_each_concurrent(AT_ONCE, async |key| marked(mark(service, key).await))
        .await?;
    marked(mark(service, &opened).await)
}

/// The contract's view of an open scope.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) service: Arc<Service>,
    pub(crate) scope: ScopeId,
    pub(crate) registration: Arc<Registration>,
}

#[async_trait]
impl Namespace for Open {
    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        let keys = Keys::new(&self.scope, container).ok_or(ErrorKind::NotFound)?;
        // Before the look: a removal in between is one of this handle's container.
        let removals = self.registration.removals(container);
        if self.registration.is_closed() {
            return Err(ErrorKind::NotFound.into());
        }
        expect(&self.service, &self.scope, container).await?;
        Ok(Arc::new(Container {
            service: Arc::clone(&self.service),
            registration: Arc::clone(&self.registration),
            scope: self.scope.clone(),
            name: container.to_owned(),
            keys,
            removals,
        }))
    }

    async fn create_container(&self, container: &str) -> Result<()> {
        let key = names::container_mark(&self.scope, container)
            .ok_or_else(|| Error::invalid("name: must have 1 to 80 bytes"))?;
        let service = Arc::clone(&self.service);
        let made = self
            .registration
            .run(async move { mark(&service, &key).await });
        made.await
    }

    async fn delete_container(&self, container: &str) -> Result<()> {
        let mark = names::container_mark(&self.scope, container).ok_or(ErrorKind::NotFound)?;
        let keys = Keys::new(&self.scope, container).ok_or(ErrorKind::NotFound)?;
        let (service, registration) = (Arc::clone(&self.service), Arc::clone(&self.registration));
        let container = container.to_owned();
        let removal = async move {
            if !is_marked(&service, &mark).await? {
                return Err(ErrorKind::NotFound.into());
            }
            for region in [Region::Plain, Region::Coded] {
                if !sweep::is_empty(&service, keys.all(region)).await? {
                    return Err(stale());
                }
            }
            unmark(&service, &mark).await?;
            registration.removed(&container);
            // What an upload has sent goes with the scope, or within a week.
            sweep::clear(&service, keys.uploads(), None).await
        };
        self.registration.run(removal).await
    }
}
