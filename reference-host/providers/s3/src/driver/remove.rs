//! Deleting objects.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cloud_contract::blobstore::Expected;
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};

use super::Container;
use super::object;
use crate::descriptor::PAGE_ITEMS;
use crate::link::write;
use crate::sweep;

impl Container {
    pub(super) async fn delete_object(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        let key = self.keys.key(name);
        let expected = expected.map_or(Expected::Any, |version| Expected::Version(version.clone()));
        let service = Arc::clone(&self.service);
        let deletion = async move {
            let condition = object::condition(&service, &key, &expected).await?;
            let request = || {
                let delete = service.client.delete_object().bucket(&service.bucket);
                let delete = delete.key(&key);
                delete.set_if_match(condition.if_match.clone()).send()
            };
            match write(request).await {
                Ok(_) => Ok(()),
                Err(error) => Err(object::settle(&service, &key, &expected, error).await),
            }
        };
        self.registration.run(deletion).await
    }

    /// By the names of one request at a time.
    pub(super) async fn delete_objects(&self, names: &[String]) -> Vec<Result<()>> {
        let keys: Vec<String> = names.iter().map(|name| self.keys.key(name)).collect();
        let mut seen = HashSet::new();
        // A name that stands there twice is named to the service once.
        let once: Vec<String> = keys
            .iter()
            .filter(|&key| seen.insert(key))
            .cloned()
            .collect();
        let mut failed: HashMap<String, Error> = HashMap::new();
        for some in once.chunks(PAGE_ITEMS) {
            let (service, keys) = (Arc::clone(&self.service), some.to_vec());
            let deletion = async move { sweep::delete_some(&service, &keys).await };
            match self.registration.run(deletion).await {
                Ok(left) => {
                    failed.extend(left.iter().filter_map(|left| {
                        Some((left.key()?.to_owned(), sweep::not_deleted(left)))
                    }))
                }
                Err(error) => {
                    failed.extend(some.iter().map(|key| (key.clone(), error.clone())));
                }
            }
        }
        let ended = keys.iter().map(|key| failed.get(key).cloned());
        ended.map(|error| error.map_or(Ok(()), Err)).collect()
    }
}
