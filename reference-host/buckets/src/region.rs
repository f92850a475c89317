//! The two halves of a container.

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Names as they are.
    Plain,
    /// Encoded names.
    Coded,
}
