//! The limits that a package lists in its doc comment, with the bound that every
//! binding keeps.

use crate::check::{Place, Problem, Rule, Texts};
use crate::tables::LimitRow;
use crate::wit::Documented;

/// A row of the table of limits of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortableLimit {
    /// For example `kv.key.max-bytes`.
    pub id: String,
    /// The package without its version.
    pub package: String,
    /// What every binding keeps.
    pub bound: Bound,
    /// The feature together with which it is stated.
    pub feature: String,
    pub(crate) place: Place,
}

/// A portable bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Of a maximum: every binding reaches it.
    AtLeast(u64),
    /// Of a minimum or a delay: no binding exceeds it.
    AtMost(u64),
}

/// The limits in the doc comments of the packages, and the rows that cannot be
/// read.
pub(crate) fn parse(
    documented: &[Documented],
    texts: &Texts,
) -> (Vec<PortableLimit>, Vec<Problem>) {
    let mut limits = Vec::new();
    let mut problems = Vec::new();
    for package in documented.iter().filter(|d| d.interface == "package") {
        let docs = &package.docs;
        let file = texts.wit_file(&package.file);
        let name = package.package.split('@').next().unwrap_or_default();
        let mut next = 0;
        for line in docs.text.split_inclusive('\n') {
            let start = next;
            next += line.len();
            let Some(LimitRow {
                id, bound, feature, ..
            }) = LimitRow::parse(line)
            else {
                continue;
            };
            let place = |part: &str| {
                let inner = start + (part.as_ptr() as usize - line.as_ptr() as usize);
                let at = docs.place(inner);
                Place::of(file.clone(), at..at + part.len())
            };
            match Bound::parse(bound) {
                Some(parsed) => limits.push(PortableLimit {
                    id: id.to_owned(),
                    package: name.to_owned(),
                    bound: parsed,
                    feature: feature.to_owned(),
                    place: place(id),
                }),
                None => problems.push(Problem::new(
                    Rule::LimitTable,
                    place(bound),
                    format!("the bound of {id} is no \"at least N\" or \"at most N\": {bound}"),
                )),
            }
        }
    }
    (limits, problems)
}
