//! What a proposal still lacks is told, and what is no proof is not counted.

mod small;

use conformance_model::{Answer, PhaseReport, Published, ServiceKind, Step};
use conformance_spec::{Catalog, PhaseInput, Sources, coverage, phases};

fn report_of(sources: &Sources, published: &[Published], name: Option<&str>) -> PhaseReport {
    let catalog = Catalog::new(sources).unwrap();
    let cases = small::cases();
    let input = PhaseInput {
        catalog: &catalog,
        coverage: &coverage(&catalog, &cases),
        cases: &cases,
        published,
    };
    phases(input, name)
}

fn report(published: &[Published]) -> PhaseReport {
    report_of(&small::sources(), published, None)
}

/// The answer to the criterion of a step that begins so.
fn answer(steps: &[Step], step: &str, asks: &str) -> (Answer, String) {
    let step = steps.iter().find(|found| found.name == step).unwrap();
    let mut criteria = step.criteria.iter();
    let found = criteria.find(|found| found.asks.contains(asks)).unwrap();
    (found.answer, found.missing.clone().unwrap_or_default())
}

fn of(published: &[Published], step: &str, asks: &str) -> (Answer, String) {
    answer(&report(published).proposals[0].steps, step, asks)
}

const PASS: [(&str, &str); 3] = [
    ("s.more.plain", "pass"),
    ("s.open.plain", "pass"),
    ("s.get.kept", "pass"),
];

#[test]
fn the_whole_as_text() {
    let report = report(&small::published());
    insta::assert_snapshot!(conformance_report::phase::render(&report, 100));
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<PhaseReport>(&text).unwrap(), report);
}

#[test]
fn two_of_one_family_count_once() {
    let open = |name: &str, family: &str| {
        small::run(name, ServiceKind::OpenSource, family, "linux", &PASS)
    };
    let same = [open("alpha", "alpha"), open("beta", "alpha")];
    let (found, missing) = of(&same, "candidate", "open source");
    assert_eq!(found, Answer::NotMet);
    assert!(missing.contains("1 more published run"), "{missing}");
    let two = [open("alpha", "alpha"), open("gamma", "gamma")];
    assert_eq!(of(&two, "candidate", "open source").0, Answer::Met);
}

#[test]
fn an_emulator_is_no_cloud() {
    let run = |kind| small::run("sky", kind, "sky", "linux", &PASS);
    let emulator = [run(ServiceKind::Emulator)];
    assert_eq!(of(&emulator, "candidate", "clouds").0, Answer::NotMet);
    let cloud = [run(ServiceKind::Cloud)];
    assert_eq!(of(&cloud, "candidate", "clouds").0, Answer::Met);
}

#[test]
fn a_run_that_failed_or_knows_not_every_case_does_not_count() {
    let run = |statuses: &[(&str, &str)]| {
        [small::run(
            "sky",
            ServiceKind::Cloud,
            "sky",
            "linux",
            statuses,
        )]
    };
    let failed = run(&[("s.more.plain", "pass"), ("s.open.plain", "fail")]);
    let (found, missing) = of(&failed, "candidate", "clouds");
    assert_eq!(found, Answer::NotMet);
    assert!(
        missing.contains("1 case did not hold: s.open.plain"),
        "{missing}"
    );
    let old = run(&[("s.more.plain", "pass"), ("s.open.plain", "pass")]);
    let (found, missing) = of(&old, "candidate", "clouds");
    assert_eq!(found, Answer::NotMet);
    assert!(
        missing.contains("1 case did not run: s.get.kept"),
        "{missing}"
    );
    // What is not declared and refused is no shortcoming.
    let honest = run(&[
        ("s.more.plain", "unsupported"),
        ("s.open.plain", "pass"),
        ("s.get.kept", "pass"),
    ]);
    assert_eq!(of(&honest, "candidate", "clouds").0, Answer::Met);
    let (found, missing) = of(&honest, "candidate", "widespread");
    assert_eq!(found, Answer::NotMet);
    assert!(missing.contains("s.more"), "{missing}");
}

#[test]
fn a_run_of_another_version_says_nothing() {
    let mut run = small::run("sky", ServiceKind::Cloud, "sky", "linux", &PASS);
    run.report.spec.packages[0].version = "0.2.0".to_owned();
    assert!(report(&[run]).proposals[0].implementations.is_empty());
    let mut run = small::run("sky", ServiceKind::Cloud, "sky", "linux", &PASS);
    run.report.spec.clause_index_digest = "another".to_owned();
    let report = report(&[run]);
    assert_eq!(report.proposals[0].implementations[0].remarks.len(), 1);
}

#[test]
fn everything_met_is_a_candidate() {
    let mut sources = small::sources();
    let facts = &mut sources.proposals[1].text;
    *facts = facts
        .replace("champions = []", "champions = [\"somebody\"]")
        .replace("blocking = true", "blocking = false");
    let runs = [
        small::run("alpha", ServiceKind::OpenSource, "alpha", "linux", &PASS),
        small::run("gamma", ServiceKind::OpenSource, "gamma", "macos", &PASS),
        small::run("sky", ServiceKind::Cloud, "sky", "linux", &PASS),
    ];
    let report = report_of(&sources, &runs, None);
    let proposal = &report.proposals[0];
    let reached = |steps| conformance_model::ProposalPhase::reached(steps).map(|s| s.name.clone());
    assert_eq!(reached(&proposal.steps).as_deref(), Some("candidate"));
    assert_eq!(proposal.up_to("candidate").unwrap().len(), 3);
    assert!(proposal.up_to("nothing").is_none());
    // A question is open still.
    assert_eq!(reached(&proposal.wasi).as_deref(), Some("phase 3"));
}

#[test]
fn proposals_have_several_names() {
    for name in ["0001-things", "0001", "1", "things"] {
        let report = report_of(&small::sources(), &[], Some(name));
        assert_eq!(report.proposals.len(), 1, "{name}");
    }
    for name in ["", "0002", "thing", "0001-"] {
        let report = report_of(&small::sources(), &[], Some(name));
        assert!(report.proposals.is_empty(), "{name}");
    }
}

/// Proposals that need each other, many of them, end.
#[test]
fn circles_and_deep_chains_end() {
    let mut sources = small::sources();
    let facts = sources.proposals[1].text.clone();
    sources.proposals.clear();
    for number in 1..=40 {
        let others: Vec<String> = (1..=40)
            .filter(|&other| other != number)
            .map(|other| format!("\"{other:04}-things\""))
            .collect();
        let text = facts
            .replace("0001-things", &format!("{number:04}-things"))
            .replace(
                "requires = []",
                &format!("requires = [{}]", others.join(", ")),
            );
        sources.proposals.push(conformance_spec::Source {
            path: format!("{number:04}-things/proposal.toml"),
            text,
        });
    }
    assert_eq!(report_of(&sources, &[], None).proposals.len(), 40);
}
