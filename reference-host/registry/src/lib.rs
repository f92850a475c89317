//! From the name of a provider to the factory that opens it.
//!
//! A new provider is one line in [`factories`] and one under `dependencies` in
//! the manifest. This crate holds nothing else about any of them: what a
//! provider needs stands in its [`Factory`].
#![deny(missing_docs)]

use cloud_contract::{Factory, Target};

#[cfg(feature = "mutants")]
pub use provider_mutants::Mutant;

/// Every provider, in the order in which people are told of them.
#[must_use]
pub fn factories() -> &'static [&'static Factory] {
    &[
        &provider_memory::FACTORY,
        #[cfg(feature = "local")]
        &provider_local::FACTORY,
        #[cfg(feature = "redis")]
        &provider_redis::FACTORY,
        #[cfg(feature = "nats")]
        &provider_nats::FACTORY,
        #[cfg(feature = "etcd")]
        &provider_etcd::FACTORY,
        #[cfg(feature = "postgres")]
        &provider_postgres::FACTORY,
        #[cfg(feature = "dynamodb")]
        &provider_dynamodb::FACTORY,
        #[cfg(feature = "s3")]
        &provider_s3::FACTORY,
        #[cfg(feature = "azure-blob")]
        &provider_azure_blob::FACTORY,
        #[cfg(feature = "azure-tables")]
        &provider_azure_tables::FACTORY,
        #[cfg(feature = "firestore")]
        &provider_firestore::FACTORY,
        #[cfg(feature = "gcs")]
        &provider_gcs::FACTORY,
        #[cfg(feature = "adapter")]
        &provider_adapter::FACTORY,
    ]
}

/// What a name stands for: one target, or as many as a vendor has services.
#[must_use]
pub fn find(name: &str) -> Vec<Target> {
    Target::named(factories(), name)
}

/// The sound provider that the mutants are made from.
#[cfg(feature = "mutants")]
pub const MUTANT_BASE: &Factory = &provider_memory::FACTORY;

/// The providers that are wrong on purpose, each in one known way.
#[cfg(feature = "mutants")]
#[must_use]
pub fn mutants() -> &'static [Mutant] {
    provider_mutants::mutants()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_stands_for_one_provider() {
        for factory in factories() {
            for target in Target::of(factory) {
                let found: Vec<String> = find(&target.id()).iter().map(Target::id).collect();
                assert_eq!(found, [target.id()]);
            }
        }
        assert!(find("no-such-provider").is_empty());
    }

    #[test]
    fn names_can_be_typed() {
        for factory in factories() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(factory.name.chars().all(plain), "{}", factory.name);
            for flavour in factory.flavours {
                assert!(flavour.name.chars().all(plain), "{}", flavour.name);
            }
        }
    }
}
