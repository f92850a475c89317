//! What a provider must create in a service before it can be used there: tables,
//! buckets. A harness writes down what it creates before it does, and removes it.

use futures::future::BoxFuture;

use crate::{Result, ScopeId, Settings};

/// One thing in a service that is created for a run and removed after it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resource {
    /// What it is: `dynamodb-table`.
    pub kind: String,
    /// Its name, with the run's name in it.
    pub name: String,
}

/// How the resources of a provider come and go. Only for services in which a scope
/// cannot be all that a run leaves.
#[derive(Debug, Clone, Copy)]
pub struct Resources {
    /// What a run of this name needs, and the option by which `connect` is told of
    /// each: `("table", ...)`. Creates nothing and asks nobody.
    pub plan: fn(run: &ScopeId) -> Vec<(&'static str, Resource)>,
    /// Creates one, and returns when it can be used. What is there already is
    /// left alone, and is no error.
    pub create: fn(Settings, Resource) -> BoxFuture<'static, Result<()>>,
    /// Removes one by its name, with everything in it, scopes included. What is not
    /// there is `not-found`: only who asks can know whether that is good news. It
    /// never looks for others.
    pub remove: fn(Settings, Resource) -> BoxFuture<'static, Result<()>>,
    /// Tells the place in which they are made from every other, as far as that is
    /// known without a secret and without asking the service: address, region,
    /// account or project, and what the user named. Holds no secret. Two of the same
    /// settings and environment are equal.
    pub place: fn(Settings) -> BoxFuture<'static, Result<String>>,
    /// The least rights that a run on these resources needs, in the notation that
    /// the vendor's console takes. A `*` in a name stands for the part that is
    /// another one in each run.
    pub policy: fn(&[Resource]) -> String,
}
