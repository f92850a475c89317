//! The providers that this program was made with.

use std::sync::OnceLock;

use cloud_contract::{Factory, Target};

static FACTORIES: OnceLock<Vec<&'static Factory>> = OnceLock::new();

/// Said once, before anything else.
pub(crate) fn set(factories: &[&'static Factory]) {
    // A second program does not start in this process.
    FACTORIES.get_or_init(|| factories.to_vec());
}

/// Every provider, in the order in which people are told of them.
pub(crate) fn factories() -> &'static [&'static Factory] {
    FACTORIES.get_or_init(|| provider_registry::factories().to_vec())
}

/// What a name stands for.
pub(crate) fn find(name: &str) -> Vec<Target> {
    Target::named(factories(), name)
}

/// Everything that can be named.
pub(crate) fn targets() -> impl Iterator<Item = Target> {
    factories().iter().copied().flat_map(Target::of)
}

/// Every name that stands for something, each once: ids of targets, vendors.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = targets().map(|target| target.id()).collect();
    let others = targets()
        .filter_map(|target| target.flavour)
        .map(|flavour| flavour.name);
    for name in others.chain(factories().iter().map(|factory| factory.name)) {
        if !names.iter().any(|known| known == name) && !find(name).is_empty() {
            names.push(name.to_owned());
        }
    }
    names
}
