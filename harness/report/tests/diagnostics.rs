//! Each format over one made-up check that has everything that is hard to show.

use conformance_model::{
    CHECK_SCHEMA_VERSION, CheckReport, CheckedCounts, Diagnostic, RuleInfo, Severity,
};
use conformance_report::diagnostics::{github, json, sarif, summary, text};
use serde_json::Value;

fn diagnostic(rule: &str, file: &str, place: (u32, u32, u32), line: &str) -> Diagnostic {
    Diagnostic {
        rule: rule.to_owned(),
        severity: Severity::Error,
        message: format!("{rule} is broken"),
        help: None,
        file: file.to_owned(),
        line: place.0,
        column: place.1,
        length: place.2,
        source_line: (!line.is_empty()).then(|| line.to_owned()),
    }
}

fn report() -> CheckReport {
    let clause = "    /// - [KV-GET-2] MUST return none and MAY trap.";
    let mut word = diagnostic("clause-word", "wit/a b/store,1.wit", (9, 43, 3), clause);
    word.help = Some("make two clauses of it".to_owned());
    let mut again = word.clone();
    again.line = 12;
    let mut whole = diagnostic("proposal", "proposals/0002-x", (1, 1, 0), "");
    whole.message = "50% are missing:\nall, that is\r\n::error::of them".to_owned();
    let mut synonym = diagnostic(
        "name-synonym",
        "wit/a/x.wit",
        (120, 3, 6),
        "\t\tremove: func(key: string);",
    );
    synonym.severity = Severity::Warning;
    let long = format!("/// {} MUST {}", "before ".repeat(30), "behind ".repeat(30));
    let far = diagnostic("clause-without-id", "wit/a/x.wit", (7, 216, 4), &long);
    let odd = "- [\u{1b}[31m\u{202e}KV-1] \u{1f9c0} <b>&";
    let odd = diagnostic("clause-id", "wit/a/x.wit", (1, 4, 6), odd);
    let unseen = diagnostic("syntax", "wit/a/x.wit", (3, 70_000, 1), "");
    CheckReport {
        schema_version: CHECK_SCHEMA_VERSION,
        root: ".".to_owned(),
        checked: CheckedCounts {
            files: 9,
            packages: 1,
            clauses: 2,
            cases: 0,
        },
        not_checked: vec!["cases: there is no list, 100% sure".to_owned()],
        incomplete: true,
        diagnostics: vec![whole, odd, unseen, far, synonym, word, again],
    }
}

fn rules() -> Vec<RuleInfo> {
    let rule = |id: &str, severity, summary: &str| RuleInfo {
        id: id.to_owned(),
        severity,
        summary: summary.to_owned(),
    };
    vec![
        rule("syntax", Severity::Error, "A file is WIT."),
        rule(
            "clause-word",
            Severity::Error,
            "A clause has exactly one word of RFC 2119, at its start.",
        ),
        rule(
            "name-synonym",
            Severity::Warning,
            "One thing is called by one word.",
        ),
    ]
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn for_a_person() {
    insta::assert_snapshot!(plain(&text::render(&report(), 80)));
}

#[test]
fn for_github() {
    insta::assert_snapshot!(github::render(&report()));
}

#[test]
fn for_code_scanning() {
    insta::assert_snapshot!(sarif::render(&report(), &rules()).unwrap());
}

#[test]
fn for_programs() {
    let text = json::render(&report()).unwrap();
    insta::assert_snapshot!(text);
    let back: CheckReport = serde_json::from_str(&text).unwrap();
    assert_eq!(back, report());
}

#[test]
fn the_rules() {
    insta::assert_snapshot!(text::rules(&rules(), 60));
    let value: Value = serde_json::from_str(&json::rules(&rules()).unwrap()).unwrap();
    assert_eq!(value["rules"].as_array().unwrap().len(), 3);
}

#[test]
fn a_line_says_how_it_went() {
    let with = |change: fn(&mut CheckReport)| {
        let mut report = report();
        change(&mut report);
        summary(&report)
    };
    assert_eq!(
        with(|_| {}),
        "6 errors, 1 warning: 9 files, 1 package, 2 clauses; not everything could be parsed"
    );
    let good = with(|report| {
        report.diagnostics.clear();
        report.incomplete = false;
        report.checked.cases = 1;
    });
    assert_eq!(
        good,
        "nothing is wrong: 9 files, 1 package, 2 clauses, 1 case"
    );
}

/// Colours are ours alone, and no text gets to the terminal as it is.
#[test]
fn texts_act_on_no_terminal() {
    let text = text::render(&report(), 80);
    assert!(text.contains("\u{1b}[1m\u{1b}[31merror"), "{text:?}");
    assert!(!plain(&text).contains(['\u{1b}', '\u{202e}', '\r']));
}

#[test]
fn github_takes_one_command_from_a_line() {
    for line in github::render(&report()).lines() {
        assert_eq!(line.matches("\n").count(), 0);
        let known = [
            "::error file=",
            "::warning file=",
            "::notice title=",
            "6 errors",
        ];
        assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
    }
}

/// Paths lead from where the command was run.
#[test]
fn paths_begin_at_the_root_that_was_named() {
    let with = |root: &str| {
        let mut report = report();
        report.root = root.to_owned();
        let text = sarif::render(&report, &[]).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let place = &value["runs"][0]["results"][1]["locations"][0]["physicalLocation"];
        place["artifactLocation"]["uri"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(with("."), "wit/a/x.wit");
    assert_eq!(with(""), "wit/a/x.wit");
    assert_eq!(with("./there/"), "there/wit/a/x.wit");
    assert_eq!(with("../a b"), "../a%20b/wit/a/x.wit");
    assert_eq!(with("/tmp"), "file:///tmp/wit/a/x.wit");
    assert_eq!(with("/"), "file:///wit/a/x.wit");
}

/// What SARIF 2.1.0 requires, and what code scanning needs beyond that.
#[test]
fn sarif_has_its_members() {
    let text = sarif::render(&report(), &rules()).unwrap();
    let log: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-2.1.0.json")
    );
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert!(driver["name"].is_string());
    let listed = driver["rules"].as_array().unwrap();
    for rule in listed {
        assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), report().diagnostics.len());
    let mut prints = std::collections::HashSet::new();
    for result in results {
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
        if let Some(index) = result["ruleIndex"].as_u64() {
            assert_eq!(
                listed[usize::try_from(index).unwrap()]["id"],
                result["ruleId"]
            );
        }
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            uri.bytes().all(|b| b.is_ascii_graphic()) && !uri.starts_with('/'),
            "{uri}"
        );
        if let Some(region) = place["region"].as_object() {
            let number = |key: &str| region[key].as_u64().unwrap();
            assert!(number("startLine") >= 1 && number("startColumn") >= 1);
            assert!(number("endColumn") > number("startColumn"));
        }
        let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str();
        assert!(prints.insert(print.unwrap().to_owned()), "{print:?}");
    }
}

/// A result keeps its fingerprint when lines come above it.
#[test]
fn fingerprints_follow_the_text() {
    let prints = |report: &CheckReport| -> Vec<Value> {
        let log: Value = serde_json::from_str(&sarif::render(report, &[]).unwrap()).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results
            .into_iter()
            .map(|result| result["partialFingerprints"].clone())
            .collect()
    };
    let before = prints(&report());
    let mut moved = report();
    for diagnostic in &mut moved.diagnostics {
        diagnostic.line += 5;
    }
    assert_eq!(prints(&moved), before);
    moved.diagnostics[1].message.push_str(", too");
    assert_ne!(prints(&moved), before);
}
