//! An open scope: which containers it has, each a mark of its own in the bucket.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::primitives::ByteStream;
use bucket_scopes::{Region, Registration};
use cloud_contract::{Error, ErrorKind, Namespace, Result, ScopeId, blobstore};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::abandoned;
use crate::driver::Container;
use crate::error::{kind, stale, translate};
use crate::link::{Service, read, write};
use crate::names::{self, Keys};
use crate::sweep;

/// How many marks are written at a time.
const AT_ONCE: usize = 8;

/// Whether there is a mark.
async fn is_marked(service: &Service, key: &str) -> Result<bool> {
    let request = || {
        let head = service.client.head_object().bucket(&service.bucket);
        head.key(key).send()
    };
    match read(request).await {
        Ok(_) => Ok(true),
        Err(error) if kind(&error) == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(translate(error)),
    }
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
    let request = || {
        let put = service.client.put_object().bucket(&service.bucket).key(key);
        let put = put.body(ByteStream::from_static(b""));
        put.if_none_match("*").send()
    };
    match write(request).await {
        Ok(_) => Ok(()),
        Err(error) if kind(&error) == ErrorKind::PreconditionFailed => {
            Err(ErrorKind::AlreadyExists.into())
        }
        Err(error) => Err(translate(error)),
    }
}

/// Removes a mark, if there is one.
pub(crate) async fn unmark(service: &Service, key: &str) -> Result<()> {
    let request = || {
        let delete = service.client.delete_object().bucket(&service.bucket);
        delete.key(key).send()
    };
    write(request).await.map(drop).map_err(translate)
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

impl Open {
    fn keys(&self, container: &str) -> Option<Keys> {
        Keys::new(self.service.server.style, &self.scope, container)
    }
}

#[async_trait]
impl Namespace for Open {
    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        let keys = self.keys(container).ok_or(ErrorKind::NotFound)?;
        // Before the look: a removal in between is one of this handle's container.
        let removals = self.registration.removals(container);
        if self.registration.is_closed() {
            return Err(ErrorKind::NotFound.into());
        }
        expect(&self.service, &self.scope, container).await?;
        abandoned::look_after(&self.service, &keys);
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
        let keys = self.keys(container).ok_or(ErrorKind::NotFound)?;
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
            for region in [Region::Plain, Region::Coded] {
                sweep::uploads(&service, keys.all(region)).await?;
            }
            sweep::clear(&service, keys.puts(), None).await
        };
        self.registration.run(removal).await
    }
}
