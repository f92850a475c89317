//! A proposal that does not fit the specification is found out, with its line.

use conformance_spec::{Catalog, ProposalStatus, Rule, Source, Sources};

const WIT: &str = "\
/// | `kv.store` | core | `store` |
package a:b@0.1.0;
@since(version = 0.1.0)
interface store {
    /// - [A-B-1] MUST go.
    @since(version = 0.1.0)
    get: func(key: string) -> string;
}
";

const FEATURES: &str = "\
capability = \"keyvalue\"
package = \"a:b@0.1.0\"
[[feature]]
id = \"kv.store\"
level = \"core\"
since = \"0.1.0\"
proposal = \"0001-small\"
title = \"the store\"
interfaces = [\"store\"]
";

const FACTS: &str = "\
schema = 1
id = \"0001-small\"
title = \"Small\"
status = \"experimental\"
capability = \"keyvalue\"
packages = [\"a:b@0.1.0\"]
created = 2026-01-31
champions = []
supersedes = []
requires = []
core-features = [\"kv.store\"]
extended-features = []
unstable-features = []

[criteria]
open-source-providers = 2
cloud-providers = 2
operating-systems = [\"linux\"]
features = []

[[decision]]
id = \"D1\"
question = \"Does it go?\"
clauses = [
    \"A-B-1\",
]
references = []

[[decision]]
id = \"D2\"
question = \"How is it called?\"
clauses = []
signatures = [\"a:b/store.get\"]
references = []

[[open]]
id = \"O1\"
question = \"Does it stay?\"
blocking = true
";

const DECISIONS: &str = "\
# Decisions

## D1: Does it go?

```toml
## D9: This is no heading?
```

## D2: How is it called?
";

fn sources() -> Sources {
    let source = |path: &str, text: &str| Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    Sources {
        wit: vec![source("b/store.wit", WIT)],
        features: vec![source("keyvalue.toml", FEATURES)],
        proposals: vec![
            source("0001-small/README.md", "# Small\n\n### O1: Does it stay?\n"),
            source("0001-small/decisions.md", DECISIONS),
            source("0001-small/proposal.toml", FACTS),
            source(
                "README.md",
                "| [0001](0001-small/README.md) | Small | experimental |\n",
            ),
        ],
        ..Sources::default()
    }
}

/// What is found when a piece of one file is replaced.
fn with(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut sources = sources();
    let mut all = sources.proposals.iter_mut().chain(&mut sources.features);
    let source = all.find(|source| source.path.ends_with(file)).unwrap();
    assert!(source.text.contains(from), "{file} has no {from:?}");
    source.text = source.text.replacen(from, to, 1);
    problems(&sources)
}

fn problems(sources: &Sources) -> Vec<String> {
    match Catalog::new(sources) {
        Ok(catalog) => catalog
            .problems()
            .iter()
            .map(|problem| {
                let known = [Rule::Proposal.id(), Rule::UnknownClause.id()];
                assert!(known.contains(&problem.rule.as_str()), "{problem}");
                let file = problem.file.trim_start_matches("proposals/");
                match problem.length {
                    0 => format!("{file}: {}", problem.message),
                    _ => format!("{file}:{}: {}", problem.line, problem.message),
                }
            })
            .collect(),
        Err(error) => vec![error.to_string()],
    }
}

#[test]
fn a_sound_proposal_is_read() {
    assert_eq!(problems(&sources()), [""; 0]);
    let catalog = Catalog::new(&sources()).unwrap();
    let [proposal] = catalog.proposals() else {
        panic!("one proposal");
    };
    assert_eq!(proposal.status, ProposalStatus::Experimental);
    assert_eq!(proposal.decisions[0].clauses[0].text, "A-B-1");
    assert_eq!(proposal.decisions[0].clauses[0].line, 25);
    assert!(proposal.open[0].blocking);
}

#[test]
fn the_proposals_of_the_specification_are_read() {
    let catalog = Catalog::embedded().unwrap();
    let proposal = &catalog.proposals()[0];
    assert_eq!(proposal.id.text, "0001-keyvalue");
    assert!(
        proposal.decisions.len() >= 30,
        "{}",
        proposal.decisions.len()
    );
    let cited = proposal.decisions.iter().flat_map(|d| &d.clauses);
    assert!(cited.count() > 50);
}

#[test]
fn keys_and_types_are_strict() {
    for (from, to) in [
        ("schema = 1", "schema = 1\nsurprise = 1"),
        (
            "open-source-providers = 2",
            "open-source-providers = \"two\"",
        ),
        ("cloud-providers = 2", "cloud-providers = 2\nsurprise = 1"),
        ("[\"linux\"]", "[\"beos\"]"),
        ("\"experimental\"", "\"done\""),
        ("title = \"Small\"\n", ""),
        ("blocking = true", "blocking = true\nsurprise = 1"),
        ("references = []", "references = []\nsurprise = 1"),
        ("2026-01-31", "\"yesterday\""),
        ("[criteria]", "[criteria"),
    ] {
        let found = with("proposal.toml", from, to);
        assert_eq!(found.len(), 1, "{to}: {found:?}");
        let error = &found[0];
        assert!(
            error.starts_with("0001-small/proposal.toml: ") && error.contains(" line "),
            "{error}"
        );
    }
}

#[test]
fn what_does_not_exist_is_found_with_its_line() {
    for (from, to, expected) in [
        ("\"A-B-1\"", "\"A-B-2\"", "25: no clause is named A-B-2"),
        (
            "store.get",
            "store.set",
            "33: nothing is declared as a:b/store.set",
        ),
        ("a:b@0.1.0", "a:c@0.1.0", "6: no package is named a:c@0.1.0"),
        ("\"keyvalue\"", "\"x\"", "5: no capability is named x"),
        (
            "requires = []",
            "requires = [\"0000-x\"]",
            "10: no other proposal is 0000-x",
        ),
        (
            "unstable-features = []",
            "unstable-features = [\"kv.no\"]",
            "13: no feature is named kv.no",
        ),
        (
            "\nfeatures = []",
            "\nfeatures = [\"kv.store\"]",
            "19: kv.store is none of the extended features",
        ),
    ] {
        let expected = format!("0001-small/proposal.toml:{expected}");
        assert_eq!(with("proposal.toml", from, to), [expected]);
    }
    // A draft may speak of what is still to come.
    let draft = FACTS
        .replace("experimental", "draft")
        .replace("\"A-B-1\"", "\"A-B-2\"")
        .replace("a:b@0.1.0", "a:c@0.1.0");
    let mut sources = sources();
    sources.proposals[2].text = draft;
    sources.proposals[3].text = sources.proposals[3].text.replace("experimental", "draft");
    assert_eq!(problems(&sources), [""; 0]);
}

#[test]
fn decisions_and_questions_have_answers_and_headings() {
    let facts = "0001-small/proposal.toml";
    for (from, to, expected) in [
        (
            "clauses = [\n    \"A-B-1\",\n]",
            "clauses = []",
            "22: D1 has no clause and no signature that holds the answer",
        ),
        (
            "Does it go?",
            "Does it go",
            "23: the question of D1 ends in no question mark",
        ),
        (
            "Does it go?",
            "Does it run?",
            "23: D1 asks something else in 0001-small/decisions.md:3",
        ),
        (
            "Does it stay?",
            "Will it?",
            "38: O1 asks something else in 0001-small/README.md:3",
        ),
    ] {
        let found = with("proposal.toml", from, to);
        assert!(found.contains(&format!("{facts}:{expected}")), "{found:?}");
    }
    assert_eq!(
        with("proposal.toml", "\"D2\"", "\"D3\""),
        [
            "0001-small/decisions.md:9: D2 is not in proposal.toml",
            "0001-small/proposal.toml:30: D3 is a heading of no page"
        ]
    );
    assert_eq!(
        with("decisions.md", "D2", "D1"),
        [
            "0001-small/decisions.md:9: D1 is a heading for a second time",
            "0001-small/proposal.toml:30: D2 is a heading of no page"
        ]
    );
    let found = with("proposal.toml", "\"D1\"", "\"one\"");
    assert!(
        found.contains(&format!("{facts}:22: \"one\" is not D and a number")),
        "{found:?}"
    );
    let found = with("proposal.toml", "\"D2\"", "\"D1\"");
    assert!(
        found.contains(&format!("{facts}:30: D1 stands behind D1")),
        "{found:?}"
    );
}

#[test]
fn features_and_proposals_name_each_other() {
    assert_eq!(
        with("keyvalue.toml", "0001-small", "0002-other"),
        [
            "conformance/features/keyvalue.toml:7: no proposal \"0002-other\" lists kv.store",
            "0001-small/proposal.toml:11: kv.store names 0002-other as its proposal"
        ]
    );
    assert_eq!(
        with(
            "proposal.toml",
            "core-features = [\"kv.store\"]",
            "core-features = []"
        ),
        ["conformance/features/keyvalue.toml:7: no proposal \"0001-small\" lists kv.store"]
    );
    assert_eq!(
        with(
            "proposal.toml",
            "core-features = [\"kv.store\"]\nextended-features = []",
            "core-features = []\nextended-features = [\"kv.store\"]"
        ),
        ["0001-small/proposal.toml:12: kv.store has another level in its feature file"]
    );
}

#[test]
fn folder_status_and_overview_agree() {
    let found = with("proposal.toml", "\"0001-small\"", "\"0001-Small\"");
    assert!(found[1].contains("proposal.toml:2: "), "{found:?}");
    let found = with("proposal.toml", "\"experimental\"", "\"candidate\"");
    assert_eq!(
        found.len(),
        3,
        "champion, open question, overview: {found:?}"
    );
    assert_eq!(with("proposal.toml", "schema = 1", "schema = 2").len(), 1);
    assert_eq!(with("proposal.toml", "2026-01-31", "10:00:00").len(), 1);
    assert_eq!(with("proposal.toml", "\"Small\"", "\"Large\"").len(), 1);
    let mut sources = sources();
    sources.proposals.remove(2);
    assert_eq!(
        problems(&sources)[1],
        "0001-small: no proposal.toml is in this folder"
    );
}
