//! What a provider implements.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Bindings, Descriptor, Error, Grant, Platform, Result, Scope, blobstore, feature, keyvalue,
};

/// A connection to a service that implements one or more capabilities.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// What this provider states about itself; the same for its whole life.
    fn descriptor(&self) -> &Descriptor;

    /// Opens a namespace. If the scope was never opened, or was closed since,
    /// it holds a resource for each of the scope's names, all empty; otherwise it
    /// holds what it held.
    ///
    /// # Errors
    /// `unavailable`, `timeout`, `access-denied`.
    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>>;

    /// Removes a namespace and everything in it, whether or not it was opened
    /// through this provider value.
    ///
    /// # Errors
    /// `unavailable`, `timeout`, `access-denied`. Closing what is not there is ok.
    async fn close(&self, scope: &Scope) -> Result<()>;

    /// Why the service is gone for good, where the provider itself runs it and knows:
    /// for people, without data, paths and endpoints. None as long as it is there.
    fn loss(&self) -> Option<String> {
        None
    }

    /// What a guest with these grants sees. The default is the portable layer;
    /// only a provider that is wrong on purpose puts something else in front.
    fn platform(&self, grants: Vec<Grant>) -> Arc<dyn Platform> {
        Arc::new(Bindings::new(grants))
    }
}

/// An open scope. Each capability has one method; a provider that lacks the
/// capability keeps the default.
#[async_trait]
pub trait Namespace: Send + Sync + fmt::Debug {
    /// The driver of one key-value store of this scope.
    ///
    /// # Errors
    /// `not-found` if the scope holds no such store.
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let _ = store;
        Err(Error::unsupported(feature::KV_STORE))
    }

    /// The driver of one container of this scope.
    ///
    /// # Errors
    /// `not-found` if the scope holds no such container.
    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        let _ = container;
        Err(Error::unsupported(feature::BLOB_CONTAINER))
    }

    /// Creates a container without objects (feature `blob.admin`).
    ///
    /// # Errors
    /// `already-exists`.
    async fn create_container(&self, container: &str) -> Result<()> {
        let _ = container;
        Err(Error::unsupported(feature::BLOB_ADMIN))
    }

    /// Removes an empty container (feature `blob.admin`).
    ///
    /// # Errors
    /// `not-found`; `precondition-failed` for one with objects.
    async fn delete_container(&self, container: &str) -> Result<()> {
        let _ = container;
        Err(Error::unsupported(feature::BLOB_ADMIN))
    }
}
