//! How a provider is made, who speaks its protocol, and how the names that users
//! type are understood.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::{
    Account, Container, Descriptor, Launcher, Process, Provider, Resources, Result, Settings,
};

/// Opens a provider.
pub type Connect = fn(Settings) -> BoxFuture<'static, Result<Arc<dyn Provider>>>;

/// An entry of the registry: one protocol, whoever speaks it.
#[derive(Debug, Clone, Copy)]
pub struct Factory {
    /// The provider's id, which is the protocol: `redis`.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The services that speak it, the usual one first; empty for providers that
    /// run inside the host.
    pub flavours: &'static [Flavour],
    /// Whether the provider needs [`Settings::directory`].
    pub needs_directory: bool,
    /// What has to be created before [`Factory::connect`] can succeed.
    pub resources: Option<Resources>,
    /// Opens it; fails rather than hangs when the service does not answer.
    pub connect: Connect,
}

/// A product that speaks the protocol of a provider, and how it is stood up.
#[derive(Debug, Clone, Copy)]
pub struct Flavour {
    /// Its name: `valkey`. The one that is named as the protocol is the usual one.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// As a program on this machine.
    pub process: Option<Process>,
    /// As a container.
    pub container: Option<Container>,
    /// In an account of its vendor.
    pub account: Option<Account>,
    /// In a way of its own.
    pub launcher: Option<Launcher>,
    /// Options that hold unless the user sets them: what an emulator takes in
    /// place of credentials, for example.
    pub options: &'static [(&'static str, &'static str)],
    /// Options that hold as well, unless the user sets them, where a harness started the
    /// server for itself: it may be slow for a moment, and its calls get more time.
    pub patience: &'static [(&'static str, &'static str)],
    /// Where this product is known to deviate from the protocol: lines of a case,
    /// `#`, the reason, and where that can be looked up.
    pub expected_failures: &'static str,
    /// How many cases at a time it bears, where that is fewer than a harness would
    /// run by itself; 0 where it is not.
    pub jobs: u16,
    /// By how much a harness has to stretch its time limits, where the product is
    /// slow on a small machine; 0 where it has not to.
    pub timeout_scale: u16,
    /// It is known to be wrong, and kept to show that the suite sees it.
    pub is_control: bool,
    /// The beginnings of the ids of cases that are tried on a control beside those that
    /// fail on it, where all of them would take too long; all where it is empty.
    pub control_cases: &'static [&'static str],
    /// What the provider declares on it by default, as far as that does not depend
    /// on the service; asks nobody. None where only the service can say.
    pub declares: Option<fn() -> Descriptor>,
}

impl Flavour {
    /// A product that cannot be stood up, to name the fields that differ.
    pub const EMPTY: Self = Self {
        name: "",
        summary: "",
        process: None,
        container: None,
        account: None,
        launcher: None,
        options: &[],
        patience: &[],
        expected_failures: "",
        jobs: 0,
        timeout_scale: 0,
        is_control: false,
        control_cases: &[],
        declares: None,
    };
}

/// What a user names: a provider, and who speaks its protocol.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The provider.
    pub factory: &'static Factory,
    /// The product; none for providers that run inside the host.
    pub flavour: Option<&'static Flavour>,
}

impl Target {
    /// The provider with its usual product.
    #[must_use]
    pub fn usual(factory: &'static Factory) -> Self {
        Self {
            factory,
            flavour: factory.flavours.first(),
        }
    }

    /// The provider with each of its products.
    pub fn of(factory: &'static Factory) -> impl Iterator<Item = Self> {
        let embedded = factory.flavours.is_empty().then(|| Self::usual(factory));
        let flavoured = factory.flavours.iter().map(move |flavour| Self {
            factory,
            flavour: Some(flavour),
        });
        embedded.into_iter().chain(flavoured)
    }

    /// What a name stands for: `redis` for the usual product of a protocol,
    /// `dynamodb/aws` for a certain one, `aws` for every protocol that the product
    /// or vendor of this name speaks. Empty if it stands for nothing.
    #[must_use]
    pub fn named(factories: &[&'static Factory], name: &str) -> Vec<Self> {
        if let Some(factory) = factories.iter().find(|factory| factory.name == name) {
            return vec![Self::usual(factory)];
        }
        let all = factories.iter().copied().flat_map(Self::of);
        if name.contains('/') {
            return all.filter(|target| target.long_id() == name).collect();
        }
        all.filter(|target| target.flavour.is_some_and(|flavour| flavour.name == name))
            .collect()
    }

    /// What commands and reports call it: `redis`, `redis/valkey`. A product that is
    /// named as its protocol needs no second word.
    #[must_use]
    pub fn id(&self) -> String {
        match self.flavour {
            Some(flavour) if flavour.name != self.factory.name => self.long_id(),
            _ => self.factory.name.to_owned(),
        }
    }

    fn long_id(&self) -> String {
        match self.flavour {
            Some(flavour) => format!("{}/{}", self.factory.name, flavour.name),
            None => self.factory.name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const fn factory(name: &'static str, flavours: &'static [Flavour]) -> Factory {
        Factory {
            name,
            summary: "",
            flavours,
            needs_directory: false,
            resources: None,
            connect: |_| Box::pin(async { Err(ErrorKind::Unavailable.into()) }),
        }
    }

    const fn flavour(name: &'static str) -> Flavour {
        Flavour {
            name,
            ..Flavour::EMPTY
        }
    }

    static PLAIN: Factory = factory("plain", &[]);
    static CACHE: Factory = factory("cache", &[flavour("cache"), flavour("other")]);
    static TABLES: Factory = factory("tables", &[flavour("local"), flavour("vendor")]);
    static BLOBS: Factory = factory("blobs", &[flavour("vendor")]);

    fn named(name: &str) -> Vec<String> {
        let factories = [&PLAIN, &CACHE, &TABLES, &BLOBS];
        let found = Target::named(&factories, name);
        found.iter().map(Target::id).collect()
    }

    #[test]
    fn a_name_is_a_protocol_a_product_of_it_or_a_vendor() {
        assert_eq!(named("plain"), ["plain"]);
        assert_eq!(named("cache"), ["cache"]);
        assert_eq!(named("cache/cache"), ["cache"]);
        assert_eq!(named("cache/other"), ["cache/other"]);
        assert_eq!(named("other"), ["cache/other"]);
        assert_eq!(named("tables"), ["tables/local"]);
        assert_eq!(named("vendor"), ["tables/vendor", "blobs/vendor"]);
        for nothing in ["", "nobody", "plain/", "plain/other", "/vendor"] {
            assert!(named(nothing).is_empty(), "{nothing}");
        }
    }
}
