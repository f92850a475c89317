//! The tables that are of no capability.

use redb::TableDefinition;

/// The layout that this code reads and writes.
pub(crate) const FORMAT: u64 = 2;
/// The layout before there were containers, which is brought up to date.
pub(crate) const FORMAT_WITHOUT_CONTAINERS: u64 = 1;

/// `format`, and `sequence`: the last number that was given to anything.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
pub(crate) const META_FORMAT: &str = "format";
pub(crate) const META_SEQUENCE: &str = "sequence";
/// Open scopes and the numbers of their stores.
pub(crate) const SCOPES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("scopes");
