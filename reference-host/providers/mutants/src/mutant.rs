//! What a mutant is, and how one is found and opened.

use std::sync::Arc;

use cloud_contract::{Descriptor, Error, Provider, Result, Settings};
use futures::future::BoxFuture;

use crate::blobstore::container::ContainerFault;
use crate::blobstore::driver::DriverFault as ContainerDriverFault;
use crate::keyvalue::driver::DriverFault as StoreDriverFault;
use crate::keyvalue::store::StoreFault;
use crate::platform::PlatformFault;
use crate::provider::MutantProvider;

/// The memory provider with one fault.
#[derive(Debug, Clone, Copy)]
pub struct Mutant {
    /// Its id: `kv-list-skips-page-edge`.
    pub name: &'static str,
    /// What it does wrong, in a few words.
    pub summary: &'static str,
    /// The clauses it breaks. A case that proves one of them must fail.
    pub clauses: &'static [&'static str],
    /// Where the fault stands.
    pub(crate) fault: Layer,
}

/// Where a fault stands. Faults of drivers, stores and containers are made once for each
/// store or container of each scope, those of platforms once for each guest instance.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layer {
    /// In what the provider declares of itself.
    Descriptor(fn(&mut Descriptor)),
    /// Below the portable layer of key-value.
    StoreDriver(fn() -> Arc<dyn StoreDriverFault>),
    /// Above the portable layer, in front of an open store.
    Store(fn() -> Arc<dyn StoreFault>),
    /// Below the portable layer of blob stores.
    ContainerDriver(fn() -> Arc<dyn ContainerDriverFault>),
    /// Above the portable layer, in front of an open container.
    Container(fn() -> Arc<dyn ContainerFault>),
    /// Above the portable layer, in front of `open` and `describe`.
    Platform(fn() -> Arc<dyn PlatformFault>),
}

impl Mutant {
    pub(crate) const fn new(
        name: &'static str,
        summary: &'static str,
        clauses: &'static [&'static str],
        fault: Layer,
    ) -> Self {
        Self {
            name,
            summary,
            clauses,
            fault,
        }
    }

    /// A fresh provider with this fault, sharing nothing with any other.
    #[must_use]
    pub fn connect(&'static self) -> Arc<dyn Provider> {
        Arc::new(MutantProvider::new(self))
    }

    /// The mutant of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        crate::mutants().iter().find(|mutant| mutant.name == name)
    }
}

pub(crate) fn connect(settings: Settings) -> BoxFuture<'static, Result<Arc<dyn Provider>>> {
    Box::pin(async move {
        let name = settings
            .options
            .get("fault")
            .ok_or_else(|| Error::invalid("fault: must name a mutant"))?;
        let mutant =
            Mutant::find(name).ok_or_else(|| Error::invalid("fault: no mutant has this name"))?;
        Ok(mutant.connect())
    })
}
