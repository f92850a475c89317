//! The containers of one scope, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use cloud_contract::{ErrorKind, Result};

use super::container::MemoryContainer;

/// Which containers there are; a guest can be allowed to change that.
#[derive(Debug)]
pub(crate) struct Containers {
    containers: RwLock<BTreeMap<String, Arc<MemoryContainer>>>,
    room: u64,
}

impl Containers {
    /// One for each of `names`, with room for `room` bytes each.
    pub(crate) fn new(names: &[String], room: u64) -> Arc<Self> {
        Arc::new_cyclic(|all| {
            let empty = |name: &String| {
                let container = MemoryContainer::new(room, all.clone());
                (name.clone(), Arc::new(container))
            };
            Self {
                containers: RwLock::new(names.iter().map(empty).collect()),
                room,
            }
        })
    }

    /// # Errors
    /// `not-found`.
    pub(crate) fn get(&self, name: &str) -> Result<Arc<MemoryContainer>> {
        let containers = self
            .containers
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        containers
            .get(name)
            .cloned()
            .ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// # Errors
    /// `already-exists`.
    pub(crate) fn create(self: &Arc<Self>, name: &str) -> Result<()> {
        let mut containers = self
            .containers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if containers.contains_key(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let container = MemoryContainer::new(self.room, Arc::downgrade(self));
        containers.insert(name.to_owned(), Arc::new(container));
        Ok(())
    }

    /// # Errors
    /// `not-found`, `precondition-failed` for one with objects.
    pub(crate) fn delete(&self, name: &str) -> Result<()> {
        let mut containers = self
            .containers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let container = containers.get(name).ok_or(ErrorKind::NotFound)?;
        if !container.is_empty() {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let removed = containers.remove(name);
        drop(containers);
        if let Some(removed) = removed {
            removed.clear();
        }
        Ok(())
    }

    /// Empties every container, for those who still hold one.
    pub(crate) fn clear(&self) {
        let containers = self
            .containers
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        for container in containers.values() {
            container.clear();
        }
    }
}
