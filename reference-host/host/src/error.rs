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
        // The error of the epoch's callback lies under contexts that the engine
        // adds, such as the guest's call stack.
        let outer = matches!(error.downcast_ref(), Some(Self::Deadline))
            || matches!(error.downcast_ref(), Some(HostError::Trap(Self::Deadline)))
            || matches!(error.downcast_ref(), Some(wasmtime::Trap::Interrupt));
        let deadline = outer
            || error.chain().any(|cause| {
                matches!(cause.downcast_ref(), Some(Self::Deadline))
                    || matches!(cause.downcast_ref(), Some(HostError::Trap(Self::Deadline)))
                    || matches!(cause.downcast_ref(), Some(wasmtime::Trap::Interrupt))
            });
        if deadline {
            Self::Deadline
        } else {
            Self::Other(error.root_cause().to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::Error;

    #[test]
    fn a_deadline_is_found_under_whatever_lies_over_it() {
        for error in [
            Error::new(Trap::Deadline),
            Error::new(Trap::Deadline)
                .context("while running")
                .context("twice"),
            Error::new(wasmtime::Trap::Interrupt).context("while running"),
            Error::new(HostError::Trap(Trap::Deadline)),
        ] {
            assert_eq!(Trap::classify(&error), Trap::Deadline, "{error:?}");
        }
    }

    #[test]
    fn any_other_trap_keeps_its_text() {
        for (error, text) in [
            (Error::msg("plain"), "plain"),
            (Error::msg("cause").context("over it"), "cause"),
            (Error::new(Trap::Other("inner".into())), "inner"),
        ] {
            let Trap::Other(found) = Trap::classify(&error) else {
                panic!("{error:?}");
            };
            assert!(found.contains(text), "{found}");
        }
    }
}
