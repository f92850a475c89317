//! What a change of WIT is taken for: a corpus with one pair for each kind of change,
//! the drafts that share a version, and properties over generated pairs. Everything is
//! held against `wit_component::semver_check`.

use std::path::{Path, PathBuf};

use conformance_model::{
    Change, ChangeKind, ClauseChange, ClauseChangeKind, Effect, SemverClass, SpecDiff, Table,
};
use conformance_report::spec_diff;
use conformance_spec::{Catalog, Context, Sources, Wit, diff, published};
use proptest::prelude::*;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff")
}

fn load(text: &str) -> Wit {
    Wit::from_text([("pair.wit", text)]).unwrap()
}

fn compare(old: &str, new: &str) -> SpecDiff {
    diff(&load(old), &load(new), Context::default())
}

/// The pairs of the corpus: name, before, after.
fn pairs() -> Vec<(String, String, String)> {
    pairs_in(&corpus())
}

fn pairs_in(folder: &Path) -> Vec<(String, String, String)> {
    let mut pairs = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "wit") {
            let text = std::fs::read_to_string(&path).unwrap();
            let (old, new) = text.split_once("// ---- after ----").unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            pairs.push((name, old.to_owned(), new.to_owned()));
        }
    }
    pairs.sort();
    pairs
}

#[test]
fn every_kind_of_change_is_classified() {
    let pairs = pairs();
    assert!(pairs.len() >= 45);
    for (name, old, new) in pairs {
        let found = compare(&old, &new);
        assert_eq!(found.oracle_disputes, [], "{name}");
        assert_eq!(found.oracle_silent, [""; 0], "{name}");
        let text = anstream::adapter::strip_str(&spec_diff::text(&found)).to_string();
        insta::with_settings!({ snapshot_path => "diff/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, text);
        });
    }
}

/// The same as a comment on a pull request.
#[test]
fn a_pull_request_says_as_much() {
    let pairs = pairs();
    for wanted in [
        "limit-strengthened",
        "clause-weakened-moved-and-reworded",
        "type-names-swapped",
    ] {
        let (name, old, new) = pairs.iter().find(|pair| pair.0 == wanted).unwrap();
        let text = spec_diff::markdown(&compare(old, new));
        insta::with_settings!({ snapshot_path => "diff/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("{name}.markdown"), text);
        });
    }
}

/// What decision 0016 states as disputed, and nothing else.
#[test]
fn known_disputes_stay_known() {
    let pairs = pairs_in(&corpus().join("disputed"));
    assert_eq!(pairs.len(), 2);
    for (name, old, new) in pairs {
        let disputes = compare(&old, &new).oracle_disputes;
        assert!(!disputes.is_empty(), "{name}");
        // We say breaking where it does not: nobody is lulled.
        assert!(
            disputes.iter().all(|one| one.oracle_says_compatible),
            "{name}"
        );
    }
}

/// The table of what `semver_check` accepts: change, importing, exporting.
#[test]
fn the_rows_of_the_table_hold() {
    let pairs = pairs();
    for (name, importing, exporting) in [
        ("same", true, true),
        ("docs-edited", true, true),
        ("deprecated", true, true),
        ("function-added", true, false),
        ("method-added", true, false),
        ("type-added", true, false),
        ("function-removed", false, true),
        ("parameter-renamed", false, false),
        ("parameter-added", false, false),
        ("variant-case-added", false, false),
        ("enum-case-added", false, false),
        ("flag-added", false, false),
        ("record-field-added", false, false),
        ("async-added", false, false),
        ("borrow-to-own", false, false),
        ("list-to-stream", false, false),
        ("resource-moved", true, false),
        ("resource-moved-back", false, true),
        ("type-names-swapped", false, false),
    ] {
        let (_, old, new) = pairs.iter().find(|pair| pair.0 == name).unwrap();
        let found = compare(old, new);
        let changes = found.packages.iter().flat_map(|package| &package.changes);
        let effects: Vec<_> = changes.map(|change| change.effect).collect();
        let fine = |of: fn(&conformance_model::Effect) -> SemverClass| {
            effects.iter().all(|effect| of(effect) < SemverClass::Major)
        };
        assert_eq!(fine(|effect| effect.importers), importing, "{name}");
        assert_eq!(fine(|effect| effect.exporters), exporting, "{name}");
    }
}

#[test]
fn three_drafts_with_one_version_are_three() {
    let draft = |name: &str| {
        let path = corpus().join("drafts").join(format!("{name}.wit"));
        Wit::load(path.to_str().unwrap()).unwrap()
    };
    let between = |old: &str, new: &str| diff(&draft(old), &draft(new), Context::default());
    for (old, new, changes) in [
        ("upstream", "spin", 1),
        ("upstream", "wrt", 15),
        ("spin", "wrt", 16),
    ] {
        let found = between(old, new);
        let package = found.packages.first().unwrap();
        assert_eq!(package.changes.len(), changes, "{old} {new}");
        assert_eq!(package.required, SemverClass::Major);
        let missing = package.missing.as_ref().unwrap();
        assert!(missing.message.contains("0.2.0-draft2"), "{missing:?}");
        assert_eq!(found.oracle_disputes, []);
        assert_eq!(found.oracle_silent, [""; 0]);
    }
}

#[test]
fn this_specification_equals_itself_in_every_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let folder = Wit::load(root.to_str().unwrap()).unwrap();
    assert!(diff(&folder, &folder, Context::default()).is_empty());
}

/// One package uses another that moves on: by its name, it imports something else.
#[test]
fn a_dependency_that_moves_moves_its_users() {
    let state = |used: &str, user: &str| {
        let used_text = format!("package p:used@{used};\ninterface i {{ type t = u32; }}\n");
        let user_text = format!(
            "package p:user@{user};\ninterface j {{ use p:used/i@{used}.{{t}}; f: func(x: t); }}\n"
        );
        let files = [
            ("used/a.wit", used_text.as_str()),
            ("user/b.wit", &user_text),
        ];
        Wit::from_text(files).unwrap()
    };
    for (used, user, red) in [
        ("2.0.0", "1.0.0", true),
        ("2.0.0", "2.0.0", false),
        ("1.1.0", "1.0.0", true),
        ("1.1.0", "1.1.0", false),
    ] {
        let found = diff(
            &state("1.0.0", "1.0.0"),
            &state(used, user),
            Context::default(),
        );
        assert_eq!(found.is_red(), red, "{used} {user}: {found:#?}");
        assert_eq!(found.oracle_disputes, []);
    }
    // Beside the one that was there, a further version is new.
    let both = |more: &str| {
        let text = |version: &str, of: &str| {
            format!("package p:q@{version};\ninterface i {{ f: func(x: {of}); }}\n")
        };
        let (one, two) = (text("1.0.0", "u32"), text("2.0.0", "string"));
        let mut files = vec![("one/a.wit", one.as_str())];
        if !more.is_empty() {
            files.push((more, &two));
        }
        Wit::from_text(files).unwrap()
    };
    for place in ["another/a.wit", "two/a.wit"] {
        let found = diff(&both(""), &both(place), Context::default());
        let kinds: Vec<_> = found.packages.iter().flat_map(|p| &p.changes).collect();
        assert!(kinds.len() == 1 && !found.is_red(), "{found:#?}");
        assert_eq!(kinds[0].kind, ChangeKind::PackageAdded);
    }
}

/// Ids outlive their clauses.
#[test]
fn ids_are_guarded() {
    let state = |clauses: &str| {
        load(&format!(
            "package p:q@1.0.0;\ninterface i {{\n{clauses}    f: func();\n}}\n"
        ))
    };
    let line = |id: u8, text: &str| format!("    /// - [P-F-{id}] {text}\n");
    let one = line(1, "MUST hold.");
    let tomb = line(2, "REMOVED in 1.0.0: nobody could.");
    for (old, new, words) in [
        (
            one.clone() + &tomb,
            one.clone(),
            "tombstone of P-F-2 is gone",
        ),
        (
            one.clone(),
            one.clone() + &line(1, "MUST NOT trap."),
            "stands twice",
        ),
        (one.clone(), String::new(), "dropped without a tombstone"),
        (
            one.clone() + &tomb,
            one.clone() + &line(2, "MUST hop."),
            "removed once",
        ),
    ] {
        let found = diff(&state(&old), &state(&new), Context::default());
        let problem = found
            .problems
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        assert!(problem.contains(words), "{words}: {found:#?}");
    }
    let to_not = diff(
        &state(&one),
        &state(&line(1, "SHOULD NOT hold.")),
        Context::default(),
    );
    let kinds: Vec<_> = to_not.packages[0].clauses.iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [ClauseChangeKind::Reversed]);
}

/// What a whole package takes along has no place for tombstones.
#[test]
fn a_package_goes_with_its_ids() {
    let one = "package p:q@1.0.0;\ninterface i { f: func(); }\n";
    let two = "package p:r@1.0.0;\ninterface i {\n/// - [R-F-1] MUST go.\n\
               /// - [R-F-2] REMOVED in 0.1.0: gone.\nf: func(); }\n";
    let both = Wit::from_text([("one/a.wit", one), ("two/a.wit", two)]).unwrap();
    let found = diff(&both, &load(one), Context::default());
    let note = found.notes.first().unwrap();
    assert!(
        note.contains("p:r") && note.contains("R-F-1, R-F-2"),
        "{note}"
    );
    assert!(!found.is_red(), "{found:#?}");
    assert_eq!(diff(&load(one), &both, Context::default()).notes, [""; 0]);
}

/// The portable bounds of this specification, the clauses and cases behind them, and the
/// implementations that stay behind.
#[test]
fn a_bound_is_a_demand() {
    let catalog = Catalog::embedded().unwrap();
    let sources = Sources::embedded();
    let edited = |from: &str, to: &str| {
        let files: Vec<(String, String)> = (sources.wit.iter())
            .map(|file| (file.path.clone(), file.text.replace(from, to)))
            .collect();
        let files = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        Wit::from_text(files).unwrap()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let reports = published(&root).unwrap();
    let context = Context {
        cases: catalog.cases(),
        reports: &reports,
    };
    let old = edited("", "");
    let new = edited("counted | at least 25 |", "counted | at least 1,000,000 |");
    let found = diff(&old, &new, context);
    let package = found.packages.first().unwrap();
    assert_eq!((found.packages.len(), package.changes.len()), (1, 0));
    let [row] = package.rows.as_slice() else {
        panic!("{package:#?}")
    };
    assert_eq!(
        (row.id.as_str(), row.table),
        ("kv.batch.max-items", Table::Limits)
    );
    assert_eq!(row.kind, ClauseChangeKind::Strengthened);
    assert_eq!(
        row.effect,
        Effect::new(SemverClass::Minor, SemverClass::Major)
    );
    for clause in ["KV-BATCH-1", "TYP-LIMIT-2"] {
        assert!(row.clauses.iter().any(|id| id == clause), "{row:#?}");
    }
    assert!(!row.cases.is_empty());
    assert!(found.providers.iter().any(|risk| !risk.beyond.is_empty()));
    let back = diff(&new, &old, context);
    let row = back.packages[0].rows.first().unwrap();
    assert_eq!(row.kind, ClauseChangeKind::Weakened);
    assert_eq!(back.packages[0].required, SemverClass::Major);
    assert!(back.providers.iter().all(|risk| risk.beyond.is_empty()));
    // A feature that everybody has to have.
    let core = edited("| `kv.cas` | extended |", "| `kv.cas` | core |");
    let found = diff(&old, &core, context);
    let row = found.packages[0].rows.first().unwrap();
    assert_eq!(
        (row.table, row.kind),
        (Table::Features, ClauseChangeKind::Strengthened)
    );
    assert!(
        row.cases.iter().any(|case| case.starts_with("kv.cas")),
        "{row:#?}"
    );
}

/// The same change seen from the other side.
fn mirrored(mut found: SpecDiff) -> SpecDiff {
    for package in &mut found.packages {
        std::mem::swap(&mut package.old_version, &mut package.new_version);
        for change in &mut package.changes {
            change.kind = change.kind.mirrored();
            change.effect = change.effect.mirrored();
            std::mem::swap(&mut change.old, &mut change.new);
        }
        for change in &mut package.clauses {
            change.kind = change.kind.mirrored();
            change.effect = change.effect.mirrored();
            std::mem::swap(&mut change.old, &mut change.new);
        }
        for change in &mut package.rows {
            change.kind = change.kind.mirrored();
            change.effect = change.effect.mirrored();
            std::mem::swap(&mut change.old, &mut change.new);
        }
    }
    found
}

/// Changes in an order that does not depend on the direction.
fn sorted(found: &SpecDiff) -> [Vec<String>; 3] {
    let packages = &found.packages;
    let changes = packages.iter().flat_map(|package| &package.changes);
    let clauses = packages.iter().flat_map(|package| &package.clauses);
    let rows = packages.iter().flat_map(|package| &package.rows);
    let mut rows: Vec<String> = rows.map(|change| format!("{change:?}")).collect();
    let mut changes: Vec<String> = changes
        .map(|change: &Change| format!("{change:?}"))
        .collect();
    let mut clauses: Vec<String> = clauses
        .map(|change: &ClauseChange| format!("{change:?}"))
        .collect();
    changes.sort();
    clauses.sort();
    rows.sort();
    [changes, clauses, rows]
}

/// A type expression over the names that the generated interface has.
fn type_use() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("u32".to_owned()),
        Just("string".to_owned()),
        Just("t0".to_owned()),
        Just("t1".to_owned()),
        Just("r0".to_owned()),
        Just("borrow<r0>".to_owned()),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|of| format!("option<{of}>")),
            inner.clone().prop_map(|of| format!("list<{of}>")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("tuple<{a}, {b}>")),
        ]
    })
}

/// The body of a type, without handles, whose borrows no type may hold.
fn definition(name: &'static str) -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec!["a", "b", "c"]);
    let names = prop::collection::btree_set(part, 1..3);
    let of = prop::sample::select(vec!["u32", "string", "list<u8>"]);
    (0..4u8, names, of).prop_map(move |(form, names, of)| {
        let join = |pattern: &dyn Fn(&str) -> String| {
            let parts: Vec<String> = names.iter().map(|name| pattern(name)).collect();
            parts.join(", ")
        };
        match form {
            0 => format!("record {name} {{ {} }}", join(&|n| format!("{n}: {of}"))),
            1 => format!("variant {name} {{ {} }}", join(&|n| format!("{n}({of})"))),
            2 => format!("enum {name} {{ {} }}", join(&str::to_owned)),
            _ => format!("type {name} = {of};"),
        }
    })
}

/// The comment of a package with a feature and a limit of it.
fn tables() -> impl Strategy<Value = String> {
    let level = prop::sample::select(vec!["core", "extended", "unstable"]);
    let bound = prop::sample::select(vec!["at least", "at most"]);
    let row = (bound, 1..4u8, prop::sample::select(vec!["p.f", "p.g"]));
    (level, prop::collection::vec(row, 0..2)).prop_map(|(level, limits)| {
        let mut text = format!("/// | `p.f` | {level} | `i` |\n");
        for (bound, number, feature) in limits {
            text.push_str(&format!(
                "/// | `p.m` | a size | {bound} {number} | `{feature}` |\n"
            ));
        }
        text
    })
}

/// Whole packages that resemble each other.
fn package() -> impl Strategy<Value = String> {
    let function = (
        prop::sample::select(vec!["f", "g", "h"]),
        prop::bool::ANY,
        prop::collection::btree_map(prop::sample::select(vec!["x", "y"]), type_use(), 0..3),
        prop::option::of(type_use()),
        prop::sample::select(vec!["MUST", "SHOULD", "MAY"]),
    );
    let functions = prop::collection::vec(function, 0..4);
    let types = (definition("t0"), definition("t1"));
    (types, functions, tables(), 0..=255u8).prop_map(|((t0, t1), functions, tables, bits)| {
        let mut seen = std::collections::BTreeSet::new();
        let has = |bit: u8| bits & bit == bit;
        // Types at home here or in another interface, from where they are brought.
        let (mut body, mut base) = (format!("    {t1}\n"), String::new());
        let r0 = "resource r0;".to_owned();
        for (name, definition, elsewhere) in [("r0", r0, has(4)), ("t0", t0, has(8))] {
            if elsewhere {
                base.push_str(&format!("    {definition}\n"));
                body.push_str(&format!("    use j.{{{name}}};\n"));
            } else {
                body.push_str(&format!("    {definition}\n"));
            }
        }
        for (name, is_async, parameters, result, word) in functions {
            if !seen.insert(name) {
                continue;
            }
            let parameters: Vec<String> = parameters
                .iter()
                .map(|(name, of)| format!("{name}: {of}"))
                .collect();
            let result = result
                // A borrow cannot be given back.
                .filter(|of| !of.contains("borrow"))
                .map_or_else(String::new, |of| format!(" -> {of}"));
            let word_async = if is_async { "async " } else { "" };
            let id = name.to_ascii_uppercase();
            body.push_str(&format!(
                "    /// - [P-{id}-1] {word} hold.\n    {name}: {word_async}func({}){result};\n",
                parameters.join(", ")
            ));
        }
        let mut text = format!("{tables}package p:q@1.0.0;\ninterface i {{\n{body}}}\n");
        if !base.is_empty() {
            text.push_str(&format!("interface j {{\n{base}}}\n"));
        }
        if has(16) {
            text.push_str("interface k { use i.{r0, t0}; k: func(x: borrow<r0>, y: t0); }\n");
        }
        if has(32) {
            text.push_str("world u { use i.{r0, t0}; import f: func(x: t0) -> r0; }\n");
        }
        if has(64) {
            text.push_str("world x { import i; export i; import log: interface { f: func(); } }\n");
        }
        if has(128) && !base.is_empty() {
            text.push_str("world y { import i; import j; }\n");
        }
        if has(1) {
            text.push_str("world w { import i; }\n");
        }
        if has(2) {
            text.push_str("world v { export i; import log: func(); }\n");
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equal_packages_do_not_differ(text in package()) {
        let found = compare(&text, &text);
        prop_assert!(found.is_empty());
        prop_assert!(!found.is_red());
    }

    #[test]
    fn a_diff_mirrors_the_one_back_and_the_oracle_agrees(old in package(), new in package()) {
        let there = compare(&old, &new);
        let back = compare(&new, &old);
        prop_assert_eq!(sorted(&mirrored(there.clone())), sorted(&back));
        prop_assert_eq!(&there.oracle_disputes, &[]);
        prop_assert_eq!(&there.oracle_silent, &[""; 0]);
    }

    #[test]
    fn no_text_panics(text in "[a-z{}<>;:@=\\[\\]/ \n-]{0,200}") {
        let _ = Wit::from_text([("x.wit", text.as_str())]);
        let _ = Wit::from_text([("x.wit", format!("package a:b;\n{text}").as_str())]);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Wit::from_wasm(&bytes);
        let mut begun = b"\0asm\x0d\0\x01\0".to_vec();
        begun.extend(bytes);
        let _ = Wit::from_wasm(&begun);
    }
}
