//! What one guest instance is bound to.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Description, Descriptor, Error, ErrorKind, FeatureId, Namespace, Result, ScopeId, blobstore,
    feature, guarded, keyvalue,
};

/// A family of interfaces: one WIT package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// `cloud:keyvalue`.
    Keyvalue,
    /// `cloud:blobstore`.
    Blobstore,
}

impl Capability {
    /// The name that `cloud:types/features.describe` takes.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "keyvalue" => Some(Self::Keyvalue),
            "blobstore" => Some(Self::Blobstore),
            _ => None,
        }
    }

    /// That name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyvalue => "keyvalue",
            Self::Blobstore => "blobstore",
        }
    }

    /// The feature that every provider of it declares.
    #[must_use]
    pub fn core(self) -> FeatureId {
        match self {
            Self::Keyvalue => feature::KV_STORE,
            Self::Blobstore => feature::BLOB_CONTAINER,
        }
    }

    /// What the ids of its features and limits begin with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Keyvalue => "kv.",
            Self::Blobstore => "blob.",
        }
    }
}

/// Everything that a guest can reach. A host asks this and nothing else.
#[async_trait]
pub trait Platform: Send + Sync + fmt::Debug {
    /// `cloud:keyvalue/store.open`.
    ///
    /// # Errors
    /// `access-denied` for a name that is not granted, `not-found` for a granted
    /// name without a store.
    async fn open_store(&self, name: &str) -> Result<Arc<dyn keyvalue::Store>>;

    /// `cloud:blobstore/container.open`.
    ///
    /// # Errors
    /// `access-denied` for a name that is not granted, `not-found` for a granted
    /// name without a container.
    async fn open_container(&self, name: &str) -> Result<Arc<dyn blobstore::Container>>;

    /// `cloud:blobstore/admin.create-container`.
    ///
    /// # Errors
    /// `access-denied` for a name that is not granted, `already-exists`, `unsupported`.
    async fn create_container(&self, name: &str) -> Result<()>;

    /// `cloud:blobstore/admin.delete-container`.
    ///
    /// # Errors
    /// `access-denied` for a name that is not granted, `not-found`,
    /// `precondition-failed` for one with objects, `unsupported`.
    async fn delete_container(&self, name: &str) -> Result<()>;

    /// `cloud:types/features.describe`.
    ///
    /// # Errors
    /// `access-denied` for a name that is not granted, `unsupported` for an
    /// unknown capability.
    fn describe(&self, capability: &str, name: &str) -> Result<Description>;
}

/// The right of a guest to open one name, and what stands behind the name.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Of which capability the name is.
    pub capability: Capability,
    /// The name that the guest opens.
    pub name: String,
    /// The name of the resource in the namespace.
    pub target: String,
    /// The scope of the namespace; part of the identity of lists.
    pub scope: ScopeId,
    /// The open namespace.
    pub namespace: Arc<dyn Namespace>,
    /// What the provider declares.
    pub descriptor: Arc<Descriptor>,
}

impl Grant {
    /// The same grant without some features: the guest is refused them as if the
    /// provider did not have them.
    #[must_use]
    pub fn withhold(mut self, features: &[FeatureId]) -> Self {
        self.descriptor = Arc::new(self.descriptor.without(features));
        self
    }
}

/// The portable [`Platform`]: a list of grants, and nothing beyond it.
#[derive(Debug)]
pub struct Bindings {
    grants: Vec<Grant>,
}

impl Bindings {
    /// Binds an instance to `grants`; of two grants of one name the first counts.
    #[must_use]
    pub fn new(grants: Vec<Grant>) -> Self {
        Self { grants }
    }

    /// The decision rests on the grants alone, never on what exists, so that a
    /// refusal tells nothing about it.
    fn grant(&self, capability: Capability, name: &str) -> Result<&Grant> {
        self.grants
            .iter()
            .find(|grant| grant.capability == capability && grant.name == name)
            .ok_or_else(|| ErrorKind::AccessDenied.into())
    }

    /// The grant of a container that the guest may create and delete.
    fn administered(&self, name: &str) -> Result<&Grant> {
        let grant = self.grant(Capability::Blobstore, name)?;
        if grant.descriptor.declares(feature::BLOB_ADMIN) {
            Ok(grant)
        } else {
            Err(Error::unsupported(feature::BLOB_ADMIN))
        }
    }
}

#[async_trait]
impl Platform for Bindings {
    async fn open_store(&self, name: &str) -> Result<Arc<dyn keyvalue::Store>> {
        let grant = self.grant(Capability::Keyvalue, name)?;
        let limit = grant.descriptor.call_timeout;
        let open = grant.namespace.keyvalue(&grant.target);
        let driver = guarded("open", &grant.target, limit, open).await?;
        Ok(Arc::new(keyvalue::Portable::new(driver, grant)))
    }

    async fn open_container(&self, name: &str) -> Result<Arc<dyn blobstore::Container>> {
        let grant = self.grant(Capability::Blobstore, name)?;
        let limit = grant.descriptor.call_timeout;
        let open = grant.namespace.blobstore(&grant.target);
        let driver = guarded("open", &grant.target, limit, open).await?;
        Ok(Arc::new(blobstore::Portable::new(driver, grant)))
    }

    async fn create_container(&self, name: &str) -> Result<()> {
        let grant = self.administered(name)?;
        let limit = grant.descriptor.call_timeout;
        let create = grant.namespace.create_container(&grant.target);
        guarded("create-container", &grant.target, limit, create).await
    }

    async fn delete_container(&self, name: &str) -> Result<()> {
        let grant = self.administered(name)?;
        let limit = grant.descriptor.call_timeout;
        let delete = grant.namespace.delete_container(&grant.target);
        guarded("delete-container", &grant.target, limit, delete).await
    }

    fn describe(&self, capability: &str, name: &str) -> Result<Description> {
        let known = Capability::from_name(capability)
            .ok_or_else(|| Error::unsupported(capability.to_owned()))?;
        let grant = self.grant(known, name)?;
        Ok(Description::of(&grant.descriptor, known))
    }
}
