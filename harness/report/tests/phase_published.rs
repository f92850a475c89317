//! A run as it is published.

#[path = "../../model/tests/sample/mod.rs"]
mod sample;

use conformance_model::{Implementation, RunReport, ServiceKind};
use conformance_report::{json, published};

fn alone() -> RunReport {
    let report = sample::report();
    RunReport {
        providers: report.providers.iter().take(1).cloned().collect(),
        ..report
    }
}

#[test]
fn a_slim_report_is_a_report_with_a_line_for_each_case() {
    for report in [alone().slim(), sample::report().slim()] {
        let text = published::json(&report).unwrap();
        assert_eq!(json::parse(&text).unwrap(), report);
        let cases: usize = report.providers.iter().map(|p| p.tests.len()).sum();
        let lines = text.lines().filter(|line| line.starts_with("{\"id\":"));
        assert_eq!(lines.count(), cases);
        assert!(text.len() < json::render(&sample::report()).unwrap().len() / 2);
    }
}

#[test]
fn what_a_verdict_rests_on_stays() {
    let (whole, slim) = (alone(), alone().slim());
    for (old, new) in whole.providers[0]
        .tests
        .iter()
        .zip(&slim.providers[0].tests)
    {
        assert_eq!(
            (
                &old.id,
                old.status,
                &old.reason,
                &old.clauses,
                &old.evidence
            ),
            (
                &new.id,
                new.status,
                &new.reason,
                &new.clauses,
                &new.evidence
            )
        );
    }
    assert_eq!(whole.run, slim.run);
    assert_eq!(whole.spec, slim.spec);
}

#[test]
fn the_page_says_what_it_is_and_how_to_get_it_again() {
    let implementation = Implementation {
        schema: 1,
        kind: ServiceKind::OpenSource,
        family: "alpha".to_owned(),
        organisation: "Some|body".to_owned(),
        project: "Alpha".to_owned(),
        url: "https://example.org".to_owned(),
        licence: Some("MIT".to_owned()),
        note: Some("with <one> note".to_owned()),
    };
    let page = published::readme(&alone(), &implementation);
    insta::assert_snapshot!(page);
}
