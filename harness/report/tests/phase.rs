//! A proposal as text, with every answer that there is.

use conformance_model::{
    Answer, Criterion, ImplementationStanding, PhaseReport, ProposalPhase, ServiceKind, Step,
};
use conformance_report::phase;

fn criterion(answer: Answer, missing: Option<&str>) -> Criterion {
    Criterion {
        asks: "so many independent implementations pass every MUST of what they declare".to_owned(),
        answer,
        figures: "1 of 2: alpha 1.0".to_owned(),
        missing: missing.map(str::to_owned),
    }
}

fn step(name: &str, answers: &[Answer]) -> Step {
    Step {
        name: name.to_owned(),
        meaning: "as far as that".to_owned(),
        criteria: answers
            .iter()
            .map(|&answer| {
                let missing = (answer != Answer::Met).then_some("one more \u{1b}[2J is needed");
                criterion(answer, missing)
            })
            .collect(),
    }
}

fn sample() -> PhaseReport {
    let run = |label: &str, shortcoming: Option<&str>| ImplementationStanding {
        label: label.to_owned(),
        folder: format!("conformance/reports/0.1.0/{label}"),
        kind: ServiceKind::Cloud,
        family: "sky".to_owned(),
        os: "linux".to_owned(),
        passed: 3,
        of: 4,
        declared: vec!["s.store".to_owned(), "s.more".to_owned()],
        shortcoming: shortcoming.map(str::to_owned),
        remarks: vec!["measured on another text of the clauses".to_owned()],
    };
    PhaseReport {
        schema_version: 1,
        proposals: vec![
            ProposalPhase {
                id: "0001-things".to_owned(),
                title: "Things".to_owned(),
                status: "draft".to_owned(),
                steps: vec![
                    step("draft", &[Answer::Met]),
                    step("experimental", &[Answer::Met, Answer::NotComputed]),
                    step("candidate", &[Answer::NotMet, Answer::Met]),
                    step("stable", &[Answer::NotComputed]),
                ],
                wasi: vec![step("phase 0", &[Answer::NotMet])],
                implementations: vec![run("alpha 1.0", None), run("beta 2", Some("1 case failed"))],
            },
            ProposalPhase {
                id: "0002-other".to_owned(),
                title: "Other".to_owned(),
                status: "withdrawn".to_owned(),
                steps: Vec::new(),
                wasi: Vec::new(),
                implementations: Vec::new(),
            },
        ],
    }
}

#[test]
fn text() {
    let text = phase::render(&sample(), 72);
    assert!(!text.contains('\u{1b}'));
    insta::assert_snapshot!(text);
}

#[test]
fn no_line_is_wider_than_asked() {
    for width in [40, 80, 120] {
        for line in phase::render(&sample(), width).lines() {
            assert!(line.chars().count() <= width.max(60), "{width}: {line}");
        }
    }
}
