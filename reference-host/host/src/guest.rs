//! A component that is compiled and linked, ready to be started many times.

use wasmtime::component::{Component, InstancePre};

use crate::{Digest, State};

/// A loaded component. Cloning is cheap.
#[derive(Clone)]
pub struct Guest {
    pub(crate) digest: Digest,
    pub(crate) pre: InstancePre<State>,
}

impl Guest {
    /// The digest of the component's bytes.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The linked component, for typed bindings of its exports.
    #[must_use]
    pub fn instance_pre(&self) -> &InstancePre<State> {
        &self.pre
    }

    /// The compiled component.
    #[must_use]
    pub fn component(&self) -> &Component {
        self.pre.component()
    }
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guest")
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
