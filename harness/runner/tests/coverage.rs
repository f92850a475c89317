//! The specification and the suite belong together: every MUST has a case, and
//! every case cites clauses and features that exist.

use conformance_runner::Harness;
use conformance_spec::Catalog;

#[tokio::test]
async fn every_clause_is_proved_and_every_case_proves_one() {
    let catalog = Catalog::embedded().unwrap();
    let harness = Harness::embedded(conformance_runner::default_cache_directory())
        .await
        .unwrap();
    let mut problems = catalog.problems();
    problems.extend(catalog.problems_with(harness.suite.cases()));
    let told: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.at, problem.message))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
