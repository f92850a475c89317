//! Digests that name a version of the specification exactly.

use conformance_model::Clause;
use sha2::{Digest, Sha256};

use crate::Source;

/// A digest over files: paths, lengths and bytes, in the order of the paths.
pub(crate) fn of_sources(sources: &[Source]) -> String {
    let mut sorted: Vec<&Source> = sources.iter().collect();
    sorted.sort();
    of_parts(
        sorted
            .into_iter()
            .flat_map(|source| [source.path.as_str(), source.text.as_str()]),
    )
}

/// A digest over the clauses: ids and texts, in the order of the ids. It stays
/// the same when a clause only moves.
pub(crate) fn of_clauses(clauses: &[Clause]) -> String {
    let mut sorted: Vec<(&str, &str)> = clauses
        .iter()
        .map(|clause| (clause.id.as_str(), clause.text.as_str()))
        .collect();
    sorted.sort_unstable();
    of_parts(sorted.into_iter().flat_map(|(id, text)| [id, text]))
}

/// Each part goes in behind its length, so that no two lists of parts have the
/// same bytes.
fn of_parts<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hex: String = hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}
