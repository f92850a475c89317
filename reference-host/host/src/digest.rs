//! The identity of a component: the SHA-256 of its bytes.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::HostError;

/// SHA-256 of a component's bytes, printed in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes);
        Self(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Fails unless this is the digest that a manifest promises.
    ///
    /// # Errors
    /// [`HostError::WrongDigest`].
    pub fn expect(&self, expected: &str) -> Result<(), HostError> {
        if self.0.eq_ignore_ascii_case(expected) {
            Ok(())
        } else {
            Err(HostError::WrongDigest {
                expected: expected.to_owned(),
                found: self.0.clone(),
            })
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
