//! What proves which clause, and what does not count as a proof.

mod small;

use std::path::Path;

use conformance_model::{Case, CaseStatus, Coverage, Proof};
use conformance_spec::{Catalog, Sources, coverage};

fn proof(coverage: &Coverage, id: &str) -> Proof {
    let entry = coverage.clauses.iter().find(|entry| entry.clause.id == id);
    entry.unwrap().proof
}

#[test]
fn each_clause_is_proved_in_one_way() {
    let coverage = coverage(&small::catalog(), &small::cases());
    assert_eq!(proof(&coverage, "S-GET-1"), Proof::Cases);
    assert_eq!(proof(&coverage, "S-ALL-1"), Proof::Elsewhere);
    assert_eq!(proof(&coverage, "S-OPEN-2"), Proof::Nothing);
    assert_eq!(proof(&coverage, "S-NEW-1"), Proof::NotAsked);
    let all = coverage.total.all;
    assert_eq!(
        (
            all.clauses,
            all.by_cases,
            all.elsewhere,
            all.uncovered,
            all.not_asked
        ),
        (7, 3, 1, 2, 1)
    );
    assert_eq!(coverage.total.cases, 3);
    // A SHOULD and a MAY without a case are shown and are not red.
    assert!(!coverage.is_red());
}

#[test]
fn both_ways_say_the_same() {
    let coverage = coverage(&small::catalog(), &small::cases());
    for entry in &coverage.clauses {
        for id in &entry.cases {
            let case = coverage.cases.iter().find(|case| case.id == *id).unwrap();
            assert!(case.clauses.contains(&entry.clause.id), "{id}");
        }
    }
    for case in &coverage.cases {
        for id in &case.clauses {
            let mut clauses = coverage.clauses.iter();
            let entry = clauses.find(|entry| entry.clause.id == *id).unwrap();
            assert!(entry.cases.contains(&case.id), "{id}");
        }
    }
    let ids: Vec<&str> = coverage.cases.iter().map(|case| case.id.as_str()).collect();
    assert!(ids.is_sorted());
}

#[test]
fn parts_add_up() {
    let coverage = coverage(&small::catalog(), &small::cases());
    let sum = |totals: &mut dyn Iterator<Item = u64>| totals.sum::<u64>();
    let all = coverage.total.all.clauses;
    assert_eq!(
        sum(&mut coverage.packages.iter().map(|p| p.total.all.clauses)),
        all
    );
    assert_eq!(
        sum(&mut coverage.total.words.iter().map(|w| w.count.clauses)),
        all
    );
    for package in &coverage.packages {
        let interfaces = &mut package.interfaces.iter().map(|i| i.total.all.clauses);
        assert_eq!(sum(interfaces), package.total.all.clauses);
    }
}

#[test]
fn what_is_missing_is_red() {
    let mut cases = small::cases();
    cases.retain(|case| case.id != "s.more.plain");
    let coverage_of = |cases: &[Case]| coverage(&small::catalog(), cases);
    let without = coverage_of(&cases);
    let missing: Vec<&str> = without.missing().map(|e| e.clause.id.as_str()).collect();
    assert_eq!(missing, ["S-MORE-1"]);
    assert!(without.is_red());

    // A case on its way out proves nothing any more.
    cases.push(Case {
        status: CaseStatus::Deprecated,
        ..small::case("s.more.old", &["S-MORE-1"])
    });
    assert_eq!(coverage_of(&cases).missing().count(), 1);

    let mut cases = small::cases();
    cases.push(small::case("s.odd", &["S-GONE-1", "S-OPEN-1"]));
    let odd = coverage_of(&cases);
    let dangling: Vec<_> = odd.dangling().map(|(c, id)| (c.id.as_str(), id)).collect();
    assert_eq!(dangling, [("s.odd", "S-GONE-1")]);
    assert!(odd.is_red());
}

#[test]
fn the_real_specification_is_covered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let catalog = Catalog::new(&Sources::read(&root).unwrap()).unwrap();
    let coverage = coverage(&catalog, catalog.cases());
    let missing: Vec<&str> = coverage.missing().map(|e| e.clause.id.as_str()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(coverage.dangling().count(), 0);
    assert_eq!(coverage.clauses.len(), catalog.clauses().len());
}
