//! Why a host cannot do something. Text names no path and no endpoint.

/// A failure of the host or of a guest's code, never of a provider.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The engine refuses its settings, or the machine cannot give it memory.
    #[error("the engine cannot be set up: {0}")]
    Engine(String),
    /// The bytes are not a component that this engine accepts.
    #[error("not a valid component: {0}")]
    InvalidComponent(String),
    /// The bytes are not those that were expected.
    #[error("wrong digest: expected sha256:{expected}, found sha256:{found}")]
    WrongDigest {
        /// What a manifest says, in hexadecimal.
        expected: String,
        /// What the bytes have.
        found: String,
    },
    /// The component imports something that the host does not provide.
    #[error("cannot be linked: {0}")]
    Link(String),
    /// As many instances are alive as the host admits.
    #[error("too many instances: the host admits {limit} at a time")]
    TooManyInstances {
        /// How many instances may be alive.
        limit: usize,
    },
    /// The guest ended with a trap.
    #[error(transparent)]
    Trap(#[from] Trap),
}

/// How a guest's code ended before it returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trap {
    /// It ran longer than its limits allow.
    #[error("the guest ran longer than its deadline")]
    Deadline,
    /// Any other trap: unreachable code, memory access, stack, or an allocation
    /// that its limits refuse.
    #[error("the guest trapped: {0}")]
    Other(String),
}

impl Trap {
    /// Classifies an error that a call of a guest returned.
    #[must_use]
    pub fn classify(error: &wasmtime::Error) -> Self {
        match error.downcast_ref::<wasmtime::Trap>() {
            Some(wasmtime::Trap::Interrupt) => Self::Deadline,
            _ if error.downcast_ref::<Trap>().is_some() => Self::Deadline,
            _ => Self::Other(error.root_cause().to_string()),
        }
    }
}
