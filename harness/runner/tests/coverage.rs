//! The specification and the suite belong together: every MUST has a case, every
//! case cites clauses and features that exist, and the committed list of the cases is
//! what the components say of themselves.
//!
//! `BLESS=1` writes the list anew.

use std::path::Path;

use conformance_model::{Case, Severity};
use conformance_runner::Harness;
use conformance_spec::{Catalog, render_cases};

async fn harness() -> Harness {
    Harness::embedded(conformance_runner::default_cache_directory())
        .await
        .unwrap()
}

#[tokio::test]
async fn every_clause_is_proved_and_every_case_proves_one() {
    let catalog = Catalog::embedded().unwrap();
    let harness = harness().await;
    let mut problems = catalog.problems();
    problems.extend(catalog.problems_with(harness.suite.cases()));
    problems.retain(|problem| problem.severity == Severity::Error);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[tokio::test]
async fn the_list_of_the_cases_is_committed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../conformance/components")
        .join("cases.json");
    let harness = harness().await;
    let expected = render_cases(harness.suite.cases()).unwrap();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "{} is not what the components list; \
         run BLESS=1 cargo test --workspace --test coverage and look at the difference",
        path.display()
    );
    // What is read back is what was listed.
    let mut cases = harness.suite.cases().to_vec();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    let without = |case: Case| Case {
        digest: String::new(),
        ..case
    };
    let cases: Vec<Case> = cases.into_iter().map(without).collect();
    assert!(Catalog::embedded().unwrap().cases() == cases);
}
