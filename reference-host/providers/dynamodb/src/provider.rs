//! The provider: connecting, and opening and closing scopes.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{KeyType, ScalarAttributeType, TableDescription};
use cloud_contract::{
    Descriptor, Error, ErrorKind, Namespace, Provider, Result, Scope, ScopeId, Settings,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::config::Config;
use crate::descriptor::describe;
use crate::driver;
use crate::error::{translate, unexpected_reply};
use crate::link::{Service, read};
use crate::namespace::{Open, Registration, forget, register, registered};
use crate::record::{self, STORE_NAME_BYTES};

/// How many stores are cleared at a time when a scope is closed.
const STORES_AT_ONCE: usize = 4;

/// A table of DynamoDB.
#[derive(Debug)]
struct DynamoDb {
    service: Arc<Service>,
    descriptor: Descriptor,
    /// The scopes that were opened here and not closed here since.
    open: Mutex<HashMap<ScopeId, Arc<Registration>>>,
}

/// Connects, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings and for a table that is absent or not ours,
/// `unavailable`, `timeout`, `access-denied`.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    if config.table.is_none() {
        return Err(Error::invalid("table: is required, the name of a table"));
    }
    let service = Service::new(config).await?;
    check(&table(&service).await?)?;
    let descriptor = describe(service.is_aws, service.call_timeout);
    Ok(Arc::new(DynamoDb {
        service: Arc::new(service),
        descriptor,
        open: Mutex::default(),
    }))
}

async fn table(service: &Service) -> Result<TableDescription> {
    let request = || {
        let client = &service.client;
        client.describe_table().table_name(&service.table).send()
    };
    match read(request).await {
        Ok(answer) => answer.table.ok_or_else(unexpected_reply),
        Err(error) => {
            let error = translate(error);
            Err(match error.kind() {
                ErrorKind::NotFound => Error::with_source(
                    ErrorKind::InvalidArgument("table: there is none of this name".into()),
                    error,
                ),
                _ => error,
            })
        }
    }
}

/// Whether the table has the keys that items have.
fn check(table: &TableDescription) -> Result<()> {
    let has = |kind: KeyType, name: &str, scalar: ScalarAttributeType| {
        table
            .key_schema()
            .iter()
            .any(|key| key.key_type == kind && key.attribute_name == name)
            && table
                .attribute_definitions()
                .iter()
                .any(|one| one.attribute_type == scalar && one.attribute_name == name)
    };
    if has(KeyType::Hash, record::PARTITION, ScalarAttributeType::S)
        && has(KeyType::Range, record::KEY, ScalarAttributeType::B)
    {
        Ok(())
    } else {
        Err(Error::invalid(
            "table: must have the partition key p, a string, and the sort key k, binary",
        ))
    }
}

impl DynamoDb {
    fn known(&self) -> MutexGuard<'_, HashMap<ScopeId, Arc<Registration>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for DynamoDb {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let fits = |name: &String| (1..=STORE_NAME_BYTES).contains(&name.len());
        if !scope.names.iter().all(fits) {
            return Err(Error::invalid("scope: a name must have 1 to 192 bytes"));
        }
        let names = register(&self.service, &scope.id, &scope.names).await?;
        let registration = match self.known().entry(scope.id.clone()) {
            Place::Occupied(mut known) => {
                // Unless somebody else closed the scope and opened it with others, or it
                // was being closed here.
                if known.get().names() != names || known.get().is_closed() {
                    known.insert(Arc::new(Registration::new(
                        names,
                        self.service.call_timeout,
                    )));
                }
                Arc::clone(known.get())
            }
            Place::Vacant(place) => {
                let new = Registration::new(names, self.service.call_timeout);
                Arc::clone(place.insert(Arc::new(new)))
            }
        };
        Ok(Arc::new(Open {
            service: Arc::clone(&self.service),
            scope: scope.id.clone(),
            registration,
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
        let Some(names) = registered(&self.service, &scope.id).await? else {
            return Ok(());
        };
        stream::iter(names.iter().map(|name| record::partition(&scope.id, name)))
            .map(Ok)
            .try_for_each_concurrent(STORES_AT_ONCE, async |partition| {
                driver::clear(&self.service, &partition).await
            })
            .await?;
        // Last, so that a close that failed half way can be repeated.
        forget(&self.service, &scope.id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::schema;

    #[test]
    fn a_table_of_another_kind_is_refused() {
        let (keys, attributes) = schema().unwrap();
        let ours = TableDescription::builder()
            .set_key_schema(Some(keys.clone()))
            .set_attribute_definitions(Some(attributes.clone()));
        assert!(check(&ours.clone().build()).is_ok());
        let without = ours.clone().set_key_schema(Some(keys[..1].to_vec()));
        assert!(check(&without.build()).is_err());
        let untyped = ours.set_attribute_definitions(Some(attributes[..1].to_vec()));
        assert!(check(&untyped.build()).is_err());
    }
}
