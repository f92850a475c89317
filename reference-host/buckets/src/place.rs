//! Where a list goes on.

/// A place in the list of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Before the first name.
    Start,
    /// Behind this name.
    After(String),
    /// Behind all names that start with this text.
    Behind(String),
}

impl Place {
    /// Whether a name, or a text that names start with, lies behind it.
    #[must_use]
    pub fn is_before(&self, text: &str) -> bool {
        match self {
            Self::Start => true,
            Self::After(name) => text.as_bytes() > name.as_bytes(),
            Self::Behind(start) => {
                text.as_bytes() > start.as_bytes() && !text.starts_with(start.as_str())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_behind_names_and_what_starts_with_a_text() {
        let after = Place::After("a/".to_owned());
        assert!(after.is_before("a/b") && !after.is_before("a/") && !after.is_before("a"));
        let behind = Place::Behind("a/".to_owned());
        assert!(behind.is_before("a0") && !behind.is_before("a/b") && !behind.is_before("a"));
        assert!(Place::Start.is_before(""));
    }
}
