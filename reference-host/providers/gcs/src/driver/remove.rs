//! Deleting objects.

use std::collections::HashMap;
use std::sync::Arc;

use cloud_contract::Result;
use cloud_contract::keyvalue::Version;
use futures::{StreamExt as _, stream};

use super::Container;
use crate::error::{Verdict, stale};
use crate::link::Request;
use crate::object::generation;

/// How many objects are deleted at a time: the service has no request for many.
const AT_ONCE: usize = 32;

impl Container {
    pub(super) async fn delete_object(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        let key = self.keys.key(name);
        let is_conditional = expected.is_some();
        let condition = match expected {
            Some(version) => Some(generation(version).ok_or_else(stale)?),
            None => None,
        };
        let service = Arc::clone(&self.service);
        let deletion = async move {
            let request = Request::delete(service.path(&key));
            let request = request.with_some("ifGenerationMatch", condition);
            match service.write(&request).await {
                Ok(_) => Ok(()),
                Err(failure) if failure.verdict == Verdict::Absent => {
                    if is_conditional {
                        Err(stale())
                    } else {
                        Ok(())
                    }
                }
                Err(failure) => Err(failure.into()),
            }
        };
        self.registration.run(deletion).await
    }

    /// Each by itself, one that stands there twice once.
    pub(super) async fn delete_objects(&self, names: &[String]) -> Vec<Result<()>> {
        let mut ended: HashMap<&str, Result<()>> = HashMap::with_capacity(names.len());
        for name in names {
            ended.insert(name, Ok(()));
        }
        let mut requests = Vec::with_capacity(ended.len());
        for &name in ended.keys() {
            requests.push(async move { (name, self.delete_object(name, None).await) });
        }
        let deletions = stream::iter(requests).buffer_unordered(AT_ONCE);
        let deletions: Vec<_> = deletions.collect().await;
        ended.extend(deletions);
        let each = names.iter().map(|name| ended.get(name.as_str()).cloned());
        each.map(|end| end.unwrap_or(Ok(()))).collect()
    }
}
