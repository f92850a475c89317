//! Deleting objects.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cloud_contract::Result;
use cloud_contract::blobstore::Expected;
use cloud_contract::keyvalue::Version;
use futures::{StreamExt as _, stream};
use reqwest::Method;

use super::{Container, object};
use crate::link::{Ask, Service};

/// How many names are deleted at a time.
const AT_ONCE: usize = 64;

impl Container {
    pub(super) async fn delete_object(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        let key = self.keys.key(name);
        let expected = expected.map_or(Expected::Any, |version| Expected::Version(version.clone()));
        let service = Arc::clone(&self.service);
        let deletion = async move { delete(&service, &key, &expected).await };
        self.registration.run(deletion).await
    }

    /// One by one, several at a time. The service deletes many in one request, too, but
    /// an identity may lack the right to that.
    pub(super) async fn delete_objects(&self, names: &[String]) -> Vec<Result<()>> {
        // A name that stands there twice is deleted once.
        let once: HashSet<String> = names.iter().cloned().collect();
        let ended: HashMap<String, Result<()>> = stream::iter(once)
            .map(|name| async move {
                let ended = self.delete_object(&name, None).await;
                (name, ended)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let ended = names.iter().map(|name| ended.get(name).cloned());
        ended.map(|ended| ended.unwrap_or(Ok(()))).collect()
    }
}

/// Deletes a blob, with what somebody may have kept of it.
pub(crate) async fn delete(service: &Service, key: &str, expected: &Expected) -> Result<()> {
    let ask = Ask::blob(Method::DELETE, key).field("x-ms-delete-snapshots", "include");
    let ask = object::on_condition(ask, expected)?;
    match service.write(&ask).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_absent() && *expected == Expected::Any => Ok(()),
        Err(failure) => Err(object::settled(expected, failure)),
    }
}
