//! What one guest instance is bound to.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Description, Descriptor, Error, ErrorKind, FeatureId, Namespace, Result, ScopeId, guarded,
    keyvalue,
};

/// A family of interfaces: one WIT package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// `cloud:keyvalue`.
    Keyvalue,
}

impl Capability {
    /// The name that `cloud:types/features.describe` takes.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "keyvalue" => Some(Self::Keyvalue),
            _ => None,
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

    fn describe(&self, capability: &str, name: &str) -> Result<Description> {
        let known = Capability::from_name(capability)
            .ok_or_else(|| Error::unsupported(capability.to_owned()))?;
        let grant = self.grant(known, name)?;
        Ok(Description::from(&*grant.descriptor))
    }
}
