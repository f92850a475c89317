//! Which cases prove which clauses, both ways. It decides what counts as a proof; how
//! that is shown is none of its business.

use std::collections::{BTreeMap, BTreeSet};

use conformance_model::{
    Case, CaseCoverage, CaseStatus, ClauseCoverage, Coverage, CoverageCount, CoverageTotal,
    InterfaceCoverage, PackageCoverage, Proof, ProvedElsewhere, SCHEMA_VERSION, Word, WordCoverage,
};

use crate::Catalog;

/// The words, the strongest first.
const WORDS: [Word; 5] = [
    Word::Must,
    Word::MustNot,
    Word::Should,
    Word::ShouldNot,
    Word::May,
];

/// Lays the clauses of a specification and the cases of a suite side by side. A
/// deprecated case proves nothing any more.
#[must_use]
pub fn coverage(catalog: &Catalog, cases: &[Case]) -> Coverage {
    let clauses = clauses(catalog, cases);
    let mut by_package: BTreeMap<&str, Vec<&ClauseCoverage>> = BTreeMap::new();
    for entry in &clauses {
        let package = entry.clause.package.as_str();
        by_package.entry(package).or_default().push(entry);
    }
    let packages = by_package
        .into_iter()
        .map(|(package, entries)| PackageCoverage {
            package: package.to_owned(),
            total: total(&entries),
            interfaces: interfaces(&entries),
        })
        .collect();
    let all: Vec<&ClauseCoverage> = clauses.iter().collect();
    Coverage {
        schema_version: SCHEMA_VERSION,
        total: total(&all),
        packages,
        cases: by_case(catalog, cases),
        clauses,
    }
}

fn clauses(catalog: &Catalog, cases: &[Case]) -> Vec<ClauseCoverage> {
    let mut citing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in cases {
        if case.status == CaseStatus::Deprecated {
            continue;
        }
        for clause in &case.clauses {
            citing.entry(clause).or_default().insert(&case.id);
        }
    }
    let mut elsewhere: BTreeMap<&str, Vec<ProvedElsewhere>> = BTreeMap::new();
    for entry in catalog.elsewhere() {
        let proofs = elsewhere.entry(&entry.clause).or_default();
        proofs.push(ProvedElsewhere {
            by: entry.by.clone(),
            why: entry.why.clone(),
        });
    }
    catalog
        .clauses()
        .iter()
        .map(|clause| {
            let id = clause.id.as_str();
            let cases: Vec<String> = citing
                .get(id)
                .into_iter()
                .flatten()
                .map(|&case| case.to_owned())
                .collect();
            let elsewhere = elsewhere.remove(id).unwrap_or_default();
            let proof = if !cases.is_empty() {
                Proof::Cases
            } else if !elsewhere.is_empty() {
                Proof::Elsewhere
            } else if clause.unstable {
                Proof::NotAsked
            } else {
                Proof::Nothing
            };
            ClauseCoverage {
                feature: catalog.feature_of(clause).map(|feature| feature.id.clone()),
                clause: clause.clone(),
                proof,
                cases,
                elsewhere,
            }
        })
        .collect()
}

fn by_case(catalog: &Catalog, cases: &[Case]) -> Vec<CaseCoverage> {
    let known: BTreeSet<&str> = catalog.clauses().iter().map(|c| c.id.as_str()).collect();
    let mut found: Vec<CaseCoverage> = cases
        .iter()
        .map(|case| {
            let (clauses, unknown) = case
                .clauses
                .iter()
                .cloned()
                .partition(|id| known.contains(id.as_str()));
            CaseCoverage {
                id: case.id.clone(),
                title: case.title.clone(),
                level: case.level,
                status: case.status,
                lane: case.lane,
                source: case.source.clone(),
                requires: case.requires.clone(),
                refuses: case.refuses.clone(),
                clauses,
                unknown,
            }
        })
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

fn interfaces(entries: &[&ClauseCoverage]) -> Vec<InterfaceCoverage> {
    let mut by_interface: BTreeMap<&str, Vec<&ClauseCoverage>> = BTreeMap::new();
    for &entry in entries {
        let interface = entry.clause.interface.as_str();
        by_interface.entry(interface).or_default().push(entry);
    }
    by_interface
        .into_iter()
        .map(|(interface, entries)| InterfaceCoverage {
            interface: interface.to_owned(),
            total: total(&entries),
        })
        .collect()
}

fn total(entries: &[&ClauseCoverage]) -> CoverageTotal {
    let count = |entries: &mut dyn Iterator<Item = &ClauseCoverage>| {
        let mut count = CoverageCount::default();
        entries.for_each(|entry| count.add(entry.proof));
        count
    };
    let words = WORDS
        .into_iter()
        .map(|word| WordCoverage {
            word,
            count: count(
                &mut entries
                    .iter()
                    .copied()
                    .filter(|entry| entry.clause.word == word),
            ),
        })
        .filter(|row| row.count.clauses > 0)
        .collect();
    let cases: BTreeSet<&str> = entries
        .iter()
        .flat_map(|entry| entry.cases.iter().map(String::as_str))
        .collect();
    CoverageTotal {
        all: count(&mut entries.iter().copied()),
        words,
        cases: cases.len() as u64,
    }
}
