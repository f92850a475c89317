//! The coverage as text and as a page, over a small one that has every kind of proof
//! and texts that are up to no good.

use conformance_model::{
    CaseCoverage, CaseStatus, Clause, ClauseCoverage, Coverage, CoverageCount, CoverageTotal,
    InterfaceCoverage, Lane, Level, PackageCoverage, Proof, ProvedElsewhere, Word, WordCoverage,
};
use conformance_report::coverage;

const EVIL: &str = "</p><script>alert('x')</script> \u{1b}[2J \"&\" 'a'";

fn clause(number: u32, word: Word, proof: Proof, cases: &[&str]) -> ClauseCoverage {
    let elsewhere = ProvedElsewhere {
        by: "tests/kill.rs".to_owned(),
        why: EVIL.to_owned(),
    };
    ClauseCoverage {
        clause: Clause {
            id: format!("S-GET-{number}"),
            word,
            text: format!("{} do {EVIL}", word.as_str()),
            package: "small:things@0.1.0".to_owned(),
            interface: "store".to_owned(),
            item: (number > 1).then(|| "store.get".to_owned()),
            unstable: proof == Proof::NotAsked,
            file: "things/store.wit".to_owned(),
            line: number,
        },
        feature: Some("s.store".to_owned()),
        proof,
        cases: cases.iter().map(|&id| id.to_owned()).collect(),
        elsewhere: if proof == Proof::Elsewhere {
            vec![elsewhere]
        } else {
            Vec::new()
        },
    }
}

fn case(id: &str, clauses: &[&str], unknown: &[&str]) -> CaseCoverage {
    let all = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect();
    CaseCoverage {
        id: id.to_owned(),
        title: EVIL.to_owned(),
        level: Level::Must,
        status: CaseStatus::Provisional,
        lane: Lane::Fast,
        source: "guests/get.rs".to_owned(),
        requires: vec!["s.more".to_owned()],
        refuses: Some("s.new".to_owned()),
        clauses: all(clauses),
        unknown: all(unknown),
    }
}

fn sample() -> Coverage {
    let clauses = vec![
        clause(1, Word::Must, Proof::Cases, &["s.get.one", "s.get.two"]),
        clause(2, Word::MustNot, Proof::Nothing, &[]),
        clause(3, Word::Must, Proof::Elsewhere, &[]),
        clause(4, Word::May, Proof::NotAsked, &[]),
        clause(5, Word::Should, Proof::Nothing, &[]),
    ];
    let mut all = CoverageCount::default();
    clauses.iter().for_each(|entry| all.add(entry.proof));
    let total = CoverageTotal {
        all,
        words: vec![WordCoverage {
            word: Word::Must,
            count: all,
        }],
        cases: 2,
    };
    Coverage {
        schema_version: 1,
        packages: vec![PackageCoverage {
            package: "small:things@0.1.0".to_owned(),
            total: total.clone(),
            interfaces: vec![InterfaceCoverage {
                interface: "store".to_owned(),
                total: total.clone(),
            }],
        }],
        total,
        clauses,
        cases: vec![
            case("s.get.one", &["S-GET-1"], &[]),
            case("s.get.two", &["S-GET-1"], &["S-GONE-1"]),
        ],
    }
}

#[test]
fn text() {
    let text = coverage::text::render(&sample(), 60);
    assert!(!text.contains('\u{1b}'));
    insta::assert_snapshot!(text);
}

#[test]
fn page() {
    let page = coverage::page(&sample());
    // Style and script are files of their own.
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let (body, _) = body.split_once("<script>").unwrap();
    insta::assert_snapshot!(format!("{before}{body}"));
}

#[test]
fn a_page_needs_no_network_and_obeys_nobody() {
    let page = coverage::page(&sample());
    for word in [
        "http:",
        "https:",
        "src=",
        "@import",
        "url(",
        "alert('x')",
        "\u{1b}",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(page.contains("prefers-color-scheme: dark"));
    assert!(page.contains("width=device-width"));
}

#[test]
fn each_link_of_a_page_has_its_target() {
    let page = coverage::page(&sample());
    for rest in page.split("href=\"#").skip(1) {
        let target = rest.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    // From a clause to its cases, and back.
    assert!(page.contains("href=\"#case-s.get.one\""));
    assert!(page.contains("href=\"#clause-S-GET-1\""));
}

#[test]
fn json_reads_back() {
    let text = serde_json::to_string(&sample()).unwrap();
    assert_eq!(serde_json::from_str::<Coverage>(&text).unwrap(), sample());
}
