//! The real specification obeys its rules, and a broken one is found out.

use std::path::{Path, PathBuf};

use conformance_model::{Case, CaseStatus, Diagnostic, FeatureLevel, Lane, Level, Severity, Word};
use conformance_spec::{Bound, Catalog, Rule, Source, Sources, SpecError};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

const FEATURES: &str = r#"
capability = "keyvalue"
package = "a:b@0.1.0"
[[feature]]
id = "kv.store"
level = "core"
since = "0.1.0"
proposal = "0001"
title = "the store"
interfaces = ["store"]
"#;

/// A small specification with these lines as the doc comment of a function.
fn small(docs: &str) -> Sources {
    let docs: String = docs
        .lines()
        .map(|line| format!("    /// {line}\n"))
        .collect();
    let text = format!(
        "/// | `kv.store` | core | x |\npackage a:b@0.1.0;\n\
         @since(version = 0.1.0)\ninterface store {{\n{docs}    @since(version = 0.1.0)\n    \
         get: func(key: string)\n        -> string;\n}}\n"
    );
    Sources {
        wit: vec![source("b/store.wit", &text)],
        features: vec![source("keyvalue.toml", FEATURES)],
        ..Sources::default()
    }
}

/// The rules that are broken, those for proposals left out: there are none here.
fn rules(sources: &Sources) -> Vec<Rule> {
    let catalog = Catalog::new(sources).unwrap();
    broken(&catalog.problems(), Rule::Proposal)
}

/// The rules that are broken, but for one.
fn broken(problems: &[Diagnostic], but: Rule) -> Vec<Rule> {
    let rule = |id: &str| Rule::ALL.iter().find(|rule| rule.id() == id);
    let rules = problems.iter().map(|problem| *rule(&problem.rule).unwrap());
    rules.filter(|&rule| rule != but).collect()
}

fn case(id: &str, clauses: &[&str]) -> Case {
    Case {
        id: id.to_owned(),
        title: "MUST do it".to_owned(),
        capability: "keyvalue".to_owned(),
        level: Level::Must,
        clauses: clauses.iter().map(|&id| id.to_owned()).collect(),
        requires: Vec::new(),
        refuses: None,
        lane: Lane::Fast,
        actors: 0,
        timeout_ns: 1,
        source: "x.rs".to_owned(),
        component: "x".to_owned(),
        digest: "sha256:0".to_owned(),
        status: CaseStatus::Stable,
    }
}

#[test]
fn what_is_embedded_is_what_is_there() {
    let there = Sources::read(&root()).unwrap();
    assert!(
        there == Sources::embedded(),
        "the embedded specification is not that of the folders"
    );
    assert!(there.wit.len() > 10 && !there.features.is_empty() && !there.proposals.is_empty());
}

#[test]
fn the_specification_obeys_its_rules() {
    let problems = Catalog::embedded().unwrap().problems();
    let errors = problems.iter().filter(|p| p.severity == Severity::Error);
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_specification_is_indexed() {
    let catalog = Catalog::embedded().unwrap();
    let names: Vec<&str> = catalog.packages().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "cloud:blobstore",
            "cloud:keyvalue",
            "cloud:platform",
            "cloud:types"
        ]
    );
    assert!(catalog.clauses().len() > 100, "{}", catalog.clauses().len());

    let get = catalog.clause("KV-GET-2").unwrap();
    assert_eq!(get.word, Word::Must);
    assert_eq!(
        get.text,
        "MUST return none for a key that was never written."
    );
    assert_eq!(get.package, "cloud:keyvalue@0.1.0");
    assert_eq!(
        (get.interface.as_str(), get.item.as_deref()),
        ("store", Some("store.get"))
    );
    assert_eq!(get.file, "keyvalue/store.wit");
    assert!(!get.unstable);
    assert_eq!(catalog.clause("KV-VALUE-4").unwrap().word, Word::MustNot);
    assert_eq!(catalog.clause("TYP-PAGE-8").unwrap().word, Word::May);
    assert!(catalog.clause("KV-TXN-1").unwrap().unstable);

    // Every clause stands where the index says.
    for clause in catalog.clauses() {
        let text = std::fs::read_to_string(root().join("wit").join(&clause.file)).unwrap();
        let line = text.lines().nth(clause.line as usize - 1).unwrap();
        assert!(line.contains(&format!("[{}]", clause.id)), "{clause:?}");
    }
}

#[test]
fn a_clause_is_explained() {
    let catalog = Catalog::embedded().unwrap();
    let explained = catalog.explain("KV-SWAP-3").unwrap();
    assert_eq!(explained.feature.unwrap().id, "kv.cas");
    let signature = explained.signature.unwrap();
    assert!(signature.starts_with("swap: async func("), "{signature}");
    assert!(explained.docs.contains("KV-SWAP-1"));
    let explained = catalog.explain("KV-KEY-1").unwrap();
    assert_eq!(explained.signature, None);
    assert_eq!(explained.feature.unwrap().id, "kv.store");
    assert!(catalog.explain("KV-NOTHING-1").is_none());
    assert!(catalog.similar("kv-get2").contains(&"KV-GET-2"));
}

#[test]
fn features_and_profiles_are_read() {
    let catalog = Catalog::embedded().unwrap();
    assert_eq!(
        catalog.feature("kv.store").unwrap().level,
        FeatureLevel::Core
    );
    assert_eq!(catalog.feature("kv.cas").unwrap().interfaces, ["cas"]);
    assert_eq!(
        catalog.feature("kv.watch").unwrap().level,
        FeatureLevel::Unstable
    );
    assert_eq!(catalog.profiles().count(), 6);
}

#[test]
fn limits_are_read_from_the_tables() {
    let catalog = Catalog::embedded().unwrap();
    let bound = |id: &str| {
        let mut limits = catalog.limits().iter();
        limits.find(|limit| limit.id == id).unwrap().bound
    };
    let of = |capability: &str| {
        let limits = catalog.limits().iter();
        limits.filter(|it| it.id.starts_with(capability)).count()
    };
    assert_eq!((of("kv."), of("blob.")), (7, 12));
    assert_eq!(bound("kv.value.max-bytes"), Bound::AtLeast(24_576));
    assert_eq!(bound("kv.ttl.min-ns"), Bound::AtMost(60_000_000_000));

    let with = |row: &str| {
        let mut sources = small("");
        sources.wit[0].text.insert_str(0, &format!("/// {row}\n"));
        rules(&sources)
    };
    assert_eq!(with("| `kv.max` | x | at least 1 | `kv.store` |"), []);
    for bad in [
        "| `kv.max` | x | about 1 | `kv.store` |",
        "| `kv.max` | x | at least one | `kv.store` |",
        "| `kv.max` | x | at most 99999999999999999999 | `kv.store` |",
        "| `kv.max` | x | at most 1 | `kv.shop` |",
        "| `max` | x | at most 1 | `kv.store` |",
    ] {
        assert_eq!(with(bad), [Rule::LimitTable], "{bad}");
    }
    let twice = "| `kv.max` | x | at least 1 | `kv.store` |";
    assert_eq!(with(&format!("{twice}\n/// {twice}")), [Rule::LimitTable]);
}

/// What is said to be proved elsewhere names a test that is there.
#[test]
fn what_is_proved_elsewhere_has_a_test_there() {
    let catalog = Catalog::embedded().unwrap();
    for entry in catalog.elsewhere() {
        let file = root().join(&entry.by);
        assert!(file.is_file(), "{}: {}", entry.clause, entry.by);
        assert!(entry.by.contains("/tests/"), "{} is no test", entry.by);
    }
}

#[test]
fn digests_follow_what_they_name() {
    let digests = |docs: &str| {
        let info = Catalog::new(&small(docs)).unwrap().spec_info();
        (info.wit_digest, info.clause_index_digest)
    };
    let before = digests("- [A-B-1] MUST go.");
    assert_eq!(before, digests("- [A-B-1] MUST go."));
    let reworded = digests("- [A-B-1] MUST go away.");
    assert!(before.0 != reworded.0 && before.1 != reworded.1);
    let commented = digests("Words.\n\n- [A-B-1] MUST go.");
    assert!(before.0 != commented.0 && before.1 == commented.1);
    assert!(before.0.starts_with("sha256:") && before.0.len() == 71);
}

#[test]
fn clauses_that_break_a_rule_are_found() {
    assert_eq!(
        rules(&small("- [A-B-1] MUST go.\n- [A-B-2] MAY\n  stay.")),
        []
    );
    assert_eq!(
        rules(&small("- [A-B-1] MUST go.\n- [A-B-1] MUST stay.")),
        [Rule::ClauseTwice]
    );
    for bad in [
        "- [A-B-1] goes.",
        "- [A-B-1] MUST go and MAY stay.",
        "- [A-B-1] It MUST go.",
        "- [A-B-1] SHALL go.",
    ] {
        assert_eq!(rules(&small(bad)), [Rule::ClauseWord], "{bad}");
    }
    assert_eq!(rules(&small("- [a-b-1] MUST go.")), [Rule::ClauseId]);
    assert_eq!(rules(&small("It MUST go.")), [Rule::StrayWord]);
    let mut lost = small("- [A-B-1] MUST go.");
    lost.wit[0].text.push_str("// - [A-B-2] MUST be seen.\n");
    assert_eq!(rules(&lost), [Rule::ClausePlace]);
    let mut outside = small("");
    let text = format!("/// - [A-B-1] MUST go.\n{}", outside.wit[0].text);
    outside.wit[0].text = text;
    assert_eq!(rules(&outside), [Rule::ClausePlace]);
}

#[test]
fn a_removed_clause_keeps_its_number_and_demands_nothing() {
    let tomb = "- [A-B-1] REMOVED in 0.1.0: replaced by A-B-2.";
    let sources = small(&format!("{tomb}\n- [A-B-2] MUST go."));
    assert_eq!(rules(&sources), []);
    let catalog = Catalog::new(&sources).unwrap();
    assert!(catalog.clause("A-B-1").is_none() && catalog.clause("A-B-2").is_some());
    assert_eq!(
        rules(&small(&format!(
            "{tomb}\n- [A-B-1] MUST stay.\n- [A-B-2] MUST go."
        ))),
        [Rule::ClauseTwice]
    );
    for bad in [
        "- [A-B-1] REMOVED.",
        "- [A-B-1] REMOVED in 0.2.0.",
        "- [A-B-1] REMOVED in spring: it was wrong.",
        "- [A-B-1] REMOVED in 0.2.0: it will be wrong.",
    ] {
        assert_eq!(rules(&small(bad)), [Rule::Tombstone], "{bad}");
    }
}

#[test]
fn a_second_place_of_an_id_is_named_with_its_line() {
    let catalog = Catalog::new(&small("- [A-B-1] MUST go.\n- [A-B-1] MUST stay.")).unwrap();
    let problems = catalog.problems();
    let twice = problems.iter().find(|p| p.rule == Rule::ClauseTwice.id());
    assert_eq!(
        twice.unwrap().to_string(),
        "wit/b/store.wit:6:12: A-B-1 is used for a second clause"
    );
}

#[test]
fn features_that_break_a_rule_are_found() {
    let with = |from: &str, to: &str| {
        let mut sources = small("");
        let text = FEATURES.replace(from, to);
        assert_ne!(text, FEATURES);
        sources.features[0].text = text;
        rules(&sources)
    };
    assert_eq!(with("kv.store", "kv.shop"), [Rule::FeatureTable; 2]);
    assert_eq!(with("core", "extended"), [Rule::FeatureTable; 2]);
    assert_eq!(with("\"0.1.0\"", "\"0.2.0\""), [Rule::Feature]);
    assert_eq!(with("\"0.1.0\"", "\"new\""), [Rule::Feature]);
    assert_eq!(with("\"the store\"", "\" \""), [Rule::Feature]);
    assert_eq!(
        with("[\"store\"]", "[\"store\", \"shop\"]"),
        [Rule::Feature]
    );
    assert_eq!(with("[\"store\"]", "[]"), [Rule::Feature]);
    let profile = "title = \"the store\"\ninterfaces = [\"store\"]\n\
                   [[profile]]\nname = \"p\"\ntitle = \"t\"\nfeatures = [\"kv.no\"]";
    assert_eq!(
        with("title = \"the store\"\ninterfaces = [\"store\"]", profile),
        [Rule::Feature]
    );
}

#[test]
fn cases_that_break_a_rule_are_found() {
    let catalog = Catalog::embedded().unwrap();
    let problems =
        |case: Case| -> Vec<Rule> { broken(&catalog.problems_with(&[case]), Rule::Uncovered) };
    let good = || case("kv.get.missing", &["KV-GET-2"]);
    assert_eq!(problems(good()), []);
    let changed = |change: fn(&mut Case)| {
        let mut case = good();
        change(&mut case);
        problems(case)
    };
    assert_eq!(changed(|c| c.clauses.clear()), [Rule::Case]);
    assert_eq!(changed(|c| c.id = "missing".to_owned()), [Rule::Case]);
    assert_eq!(
        changed(|c| c.clauses.push("KV-GET-99".to_owned())),
        [Rule::UnknownClause]
    );
    assert_eq!(
        changed(|c| c.requires.push("kv.no".to_owned())),
        [Rule::UnknownFeature]
    );
    assert_eq!(
        changed(|c| c.refuses = Some("kv.no".to_owned())),
        [Rule::UnknownFeature]
    );
    assert_eq!(
        changed(|c| c.capability = "x".to_owned()),
        [Rule::UnknownFeature]
    );
    assert_eq!(changed(|c| c.level = Level::Should), [Rule::Level]);
    assert_eq!(
        changed(|c| c.clauses.push("KV-CAS-1".to_owned())),
        [Rule::Requires]
    );
    let twice = catalog.problems_with(&[good(), good()]);
    assert!(broken(&twice, Rule::Uncovered).contains(&Rule::Case));
}

#[test]
fn a_must_that_nothing_covers_is_found() {
    let mut sources = small("- [A-B-1] MUST go.\n- [A-B-2] MAY stay.\n- [A-B-3] MUST NOT fly.");
    let uncovered = |sources: &Sources, cases: &[Case]| -> Vec<String> {
        let catalog = Catalog::new(sources).unwrap();
        let problems = catalog.problems_with(cases);
        problems.iter().map(|p| format!("{} {p}", p.rule)).collect()
    };
    let one = [case("kv.go", &["A-B-1"])];
    assert_eq!(
        uncovered(&sources, &one),
        ["uncovered-must wit/b/store.wit:7:12: no case covers A-B-3"]
    );
    let elsewhere = "[[elsewhere]]\nclause = \"A-B-3\"\nby = \"x.rs\"\nwhy = \"no wings\"\n";
    sources.features[0].text.push_str(elsewhere);
    assert!(uncovered(&sources, &one).is_empty());
    let both = [case("kv.go", &["A-B-1", "A-B-3"])];
    assert_eq!(uncovered(&sources, &both).len(), 1);
    sources.features[0]
        .text
        .push_str(&elsewhere.replace("B-3", "B-9"));
    assert_eq!(uncovered(&sources, &one).len(), 1);

    // Unstable interfaces need no cases.
    let catalog = Catalog::embedded().unwrap();
    let open = catalog.uncovered(&[]);
    assert!(open.iter().all(|clause| !clause.unstable));
    assert!(!open.is_empty());
}

#[test]
fn garbage_is_an_error() {
    let with_wit = |text: &str| {
        let mut sources = small("");
        sources.wit[0].text = text.to_owned();
        Catalog::new(&sources)
    };
    for text in [
        "",
        "package",
        "\u{0}",
        "package a:b@0.1.0; interface x {",
        "package a:b@0.1.0; interface x { f: func() -> nothing; }",
        "package a:b@0.1.0; interface x { use y:z/w@1.0.0.{t}; }",
        "}{\u{202e}",
        // The parser panics on these.
        "package a:b@0.1.0; @since(version = 0.1.0) @since(version = 0.1.0) interface x {}",
        "package a:b@0.1.0; /**/ interface x { y }",
    ] {
        let error = with_wit(text).unwrap_err();
        assert!(matches!(error, SpecError::Wit(_)), "{text:?}: {error}");
        assert!(!error.to_string().is_empty());
    }
    let mut sources = small("");
    sources.features[0].text.push_str("surprise = 1\n");
    let error = Catalog::new(&sources).unwrap_err();
    assert!(error.to_string().starts_with("keyvalue.toml: "), "{error}");
    sources.wit.clear();
    assert!(matches!(
        Catalog::new(&sources),
        Err(SpecError::Empty { .. })
    ));
}

/// Every file of the specification, cut short and with holes, is either read or
/// refused.
#[test]
fn damaged_files_never_panic() {
    let whole = Sources::embedded();
    for number in 0..whole.wit.len() {
        for part in 1..12 {
            let mut cut = whole.clone();
            let text = &mut cut.wit[number].text;
            let at = text.len() * part / 12;
            text.truncate(at);
            let _ = Catalog::new(&cut);
            let mut hole = whole.clone();
            let text = &mut hole.wit[number].text;
            let end = (at + 40).min(text.len());
            text.replace_range(at..end, "");
            let _ = Catalog::new(&hole);
        }
    }
}

#[test]
fn folders_without_files_are_errors() {
    let empty = tempfile::tempdir().unwrap();
    let missing = empty.path().join("none");
    assert!(matches!(
        Sources::read(&missing),
        Err(SpecError::Read { .. })
    ));
    for folder in ["wit", "conformance/features", "proposals"] {
        std::fs::create_dir_all(empty.path().join(folder)).unwrap();
    }
    let error = Sources::read(empty.path()).unwrap_err();
    assert!(error.to_string().contains("no wit files"), "{error}");
}
