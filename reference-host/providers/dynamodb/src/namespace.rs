//! An open scope: the names of its stores, and the writes that are on their way.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use cloud_contract::{Error, ErrorKind, Namespace, Result, ScopeId, keyvalue};
use tokio::sync::{Semaphore, TryAcquireError};

use crate::client::{Service, read, write};
use crate::driver::Store;
use crate::error::{translate, unexpected_reply};
use crate::item::{self, Item, STORES};

/// The sort key under which a scope keeps the names of its stores.
const NAMES: &[u8] = b"names";
/// The most writes of a scope that can be on their way.
const WRITES: u32 = 1 << 16;

/// A scope that this provider opened.
#[derive(Debug)]
pub(crate) struct Registration {
    names: Vec<String>,
    /// A permit for each write that is on its way.
    writes: Arc<Semaphore>,
}

impl Registration {
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self {
            names,
            writes: Arc::new(Semaphore::new(WRITES as usize)),
        }
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Runs a write to its end, also when the caller is dropped meanwhile: only then
    /// can somebody who closes the scope wait for it.
    ///
    /// # Errors
    /// Those of the write; `not-found` if the scope was closed.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        write: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let permit = match Arc::clone(&self.writes).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::Closed) => return Err(ErrorKind::NotFound.into()),
            Err(TryAcquireError::NoPermits) => return Err(crate::error::throttled()),
        };
        let task = tokio::spawn(async move {
            let _permit = permit;
            write.await
        });
        match task.await {
            Ok(result) => result,
            Err(failed) => match failed.try_into_panic() {
                // The portable layer makes an error of it.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(ended) => Err(Error::with_source(ErrorKind::Cancelled, ended)),
            },
        }
    }

    /// Waits, no longer than this, for the writes that are on their way. From then
    /// on there are no others.
    pub(crate) async fn close(&self, limit: Duration) {
        // Every write has a time limit of its own, and so ends within it.
        let all = tokio::time::timeout(limit, self.writes.acquire_many(WRITES));
        drop(all.await);
        self.writes.close();
    }
}

/// Registers a scope unless it is there. Returns the names of its stores.
pub(crate) async fn register(
    service: &Service,
    scope: &ScopeId,
    names: &[String],
) -> Result<Vec<String>> {
    let names: Vec<AttributeValue> = names.iter().map(item::text).collect();
    let request = || {
        let client = &service.client;
        let mut item = item::key(scope.as_str(), NAMES);
        item.insert(STORES.to_owned(), AttributeValue::L(names.clone()));
        client
            .put_item()
            .table_name(&service.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(k)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
    };
    match write(request).await {
        Ok(_) => texts(&names),
        Err(error) => match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => match failed.item() {
                Some(item) => stores(item),
                None => registered(service, scope)
                    .await
                    .map(Option::unwrap_or_default),
            },
            _ => Err(translate(error)),
        },
    }
}

/// The names of a scope's stores; none if there is no such scope.
pub(crate) async fn registered(service: &Service, scope: &ScopeId) -> Result<Option<Vec<String>>> {
    let request = || {
        let client = &service.client;
        client
            .get_item()
            .table_name(&service.table)
            .set_key(Some(item::key(scope.as_str(), NAMES)))
            .consistent_read(true)
            .send()
    };
    let found = read(request).await.map_err(translate)?;
    found.item().map(stores).transpose()
}

/// Removes a scope from those that are known.
pub(crate) async fn forget(service: &Service, scope: &ScopeId) -> Result<()> {
    let request = || {
        let client = &service.client;
        client
            .delete_item()
            .table_name(&service.table)
            .set_key(Some(item::key(scope.as_str(), NAMES)))
            .send()
    };
    write(request).await.map(drop).map_err(translate)
}

fn stores(item: &Item) -> Result<Vec<String>> {
    match item.get(STORES) {
        Some(AttributeValue::L(names)) => texts(names),
        _ => Err(unexpected_reply()),
    }
}

fn texts(names: &[AttributeValue]) -> Result<Vec<String>> {
    names
        .iter()
        .map(|name| match name {
            AttributeValue::S(name) => Ok(name.clone()),
            _ => Err(unexpected_reply()),
        })
        .collect()
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
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        if !self.registration.names.iter().any(|name| name == store) {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(Arc::new(Store::new(
            Arc::clone(&self.service),
            Arc::clone(&self.registration),
            item::partition(&self.scope, store),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        let names = ["a", "b/c", "\u{e9}"];
        let list = AttributeValue::L(names.iter().map(|&name| item::text(name)).collect());
        let item = Item::from([(STORES.to_owned(), list)]);
        assert_eq!(stores(&item).unwrap(), names);
        assert!(stores(&Item::new()).is_err());
    }

    #[tokio::test]
    async fn closing_waits_for_writes_and_lets_no_others_begin() {
        let registration = Arc::new(Registration::new(Vec::new()));
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let write = registration.run(async move { told.await.map_err(|_| unexpected_reply()) });
        // The caller goes away; the write stays.
        assert!(futures::poll!(Box::pin(write)).is_pending());
        let close = registration.close(Duration::from_secs(60));
        let mut close = Box::pin(close);
        assert!(futures::poll!(&mut close).is_pending());
        tell.send(()).unwrap();
        close.await;
        let late = registration.run(async { Ok(()) }).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
    }

    #[tokio::test(start_paused = true)]
    async fn closing_does_not_wait_for_ever() {
        let registration = Registration::new(Vec::new());
        let stuck = registration.run(std::future::pending::<Result<()>>());
        assert!(futures::poll!(Box::pin(stuck)).is_pending());
        registration.close(Duration::from_secs(5)).await;
        assert!(registration.run(async { Ok(()) }).await.is_err());
    }
}
