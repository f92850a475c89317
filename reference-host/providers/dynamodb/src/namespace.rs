//! An open scope: the names of its stores, and the writes that are on their way.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use cloud_contract::{Error, ErrorKind, Namespace, Result, ScopeId, keyvalue};
use tokio::sync::Semaphore;

use crate::driver::Store;
use crate::error::{translate, unexpected_reply};
use crate::link::{Service, read, write};
use crate::record::{self, Item, STORES};

/// The sort key under which a scope keeps the names of its stores.
const NAMES: &[u8] = b"names";
/// The most writes of a scope that can be on their way.
const WRITES: u32 = 1 << 16;
/// How much longer than a write closing waits: the write ends first.
const GRACE: Duration = Duration::from_secs(1);

/// A scope that this provider opened.
#[derive(Debug)]
pub(crate) struct Registration {
    names: Vec<String>,
    /// A permit for each write that is on its way.
    writes: Arc<Semaphore>,
    is_closed: AtomicBool,
    /// How long a write may take.
    limit: Duration,
}

impl Registration {
    pub(crate) fn new(names: Vec<String>, limit: Duration) -> Self {
        Self {
            names,
            writes: Arc::new(Semaphore::new(WRITES as usize)),
            is_closed: AtomicBool::new(false),
            limit,
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Runs a write to its end, also when the caller is dropped meanwhile: only then
    /// can somebody who closes the scope wait for it. It ends within the limit.
    ///
    /// # Errors
    /// Those of the write; `not-found` if the scope was closed; `timeout`.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        write: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.writes).try_acquire_owned();
        // After the permit: who closes the scope says so first, and waits for permits
        // then. While it does there may be none.
        if self.is_closed() {
            return Err(ErrorKind::NotFound.into());
        }
        let permit = permit.map_err(|_| crate::error::throttled())?;
        let limit = self.limit;
        let task = tokio::spawn(async move {
            let _permit = permit;
            match tokio::time::timeout(limit, write).await {
                Ok(result) => result,
                Err(_) => Err(ErrorKind::Timeout.into()),
            }
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

    /// Lets no other writes begin, and waits for those that are on their way.
    ///
    /// # Errors
    /// `timeout` if some are left after their time. It can be repeated.
    pub(crate) async fn close(&self) -> Result<()> {
        self.is_closed.store(true, Ordering::SeqCst);
        let all = self.writes.acquire_many(WRITES);
        match tokio::time::timeout(self.limit + GRACE, all).await {
            Ok(_) => Ok(()),
            Err(_) => Err(ErrorKind::Timeout.into()),
        }
    }
}

/// Registers a scope unless it is there. Returns the names of its stores.
pub(crate) async fn register(
    service: &Service,
    scope: &ScopeId,
    names: &[String],
) -> Result<Vec<String>> {
    let names: Vec<AttributeValue> = names.iter().map(record::text).collect();
    let request = || {
        let client = &service.client;
        let mut item = record::key(scope.as_str(), NAMES);
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
            .set_key(Some(record::key(scope.as_str(), NAMES)))
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
            .set_key(Some(record::key(scope.as_str(), NAMES)))
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
            record::partition(&self.scope, store),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        let names = ["a", "b/c", "\u{e9}"];
        let list = AttributeValue::L(names.iter().map(|&name| record::text(name)).collect());
        let item = Item::from([(STORES.to_owned(), list)]);
        assert_eq!(stores(&item).unwrap(), names);
        assert!(stores(&Item::new()).is_err());
    }

    #[tokio::test]
    async fn closing_waits_for_writes_and_lets_no_others_begin() {
        let registration = Arc::new(Registration::new(Vec::new(), Duration::from_secs(60)));
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let write = registration.run(async move { told.await.map_err(|_| unexpected_reply()) });
        // The caller goes away; the write stays.
        assert!(futures::poll!(Box::pin(write)).is_pending());
        let mut close = Box::pin(registration.close());
        assert!(futures::poll!(&mut close).is_pending());
        // None begins while it waits.
        let late = registration.run(async { Ok(()) }).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
        tell.send(()).unwrap();
        close.await.unwrap();
        let late = registration.run(async { Ok(()) }).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
        registration.close().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_is_stuck_ends_before_closing_gives_up() {
        let registration = Registration::new(Vec::new(), Duration::from_secs(5));
        let mut stuck = Box::pin(registration.run(std::future::pending::<Result<()>>()));
        assert!(futures::poll!(&mut stuck).is_pending());
        registration.close().await.unwrap();
        assert_eq!(stuck.await.unwrap_err().kind(), &ErrorKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn closing_says_that_a_write_is_left() {
        let registration = Registration::new(Vec::new(), Duration::from_secs(5));
        let left = Arc::clone(&registration.writes).acquire_owned().await;
        let error = registration.close().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Timeout);
        assert!(registration.run(async { Ok(()) }).await.is_err());
        drop(left);
        registration.close().await.unwrap();
    }
}
