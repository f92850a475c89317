//! What a change of WIT is taken for: a corpus with one pair for each kind of change,
//! the drafts that share a version, and properties over generated pairs. Everything is
//! held against `wit_component::semver_check`.

use std::path::{Path, PathBuf};

use conformance_model::{
    Change, ChangeKind, ClauseChange, ClauseChangeKind, SemverClass, SpecDiff,
};
use conformance_report::spec_diff;
use conformance_spec::{Context, Wit, diff};
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
    let mut pairs = Vec::new();
    for entry in std::fs::read_dir(corpus()).unwrap() {
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

/// A component of the suite, and the specification that it is built for.
#[test]
fn a_component_is_compared_by_what_it_uses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let component = root.join("conformance/components/keyvalue-store.wasm");
    let component = Wit::load(component.to_str().unwrap()).unwrap();
    let read = |folder: &str| -> Vec<(String, String)> {
        let files = std::fs::read_dir(root.join("wit").join(folder)).unwrap();
        let files = files.map(|entry| entry.unwrap().path());
        let file = |path: PathBuf| {
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            (name, std::fs::read_to_string(path).unwrap())
        };
        files.map(file).collect()
    };
    let files = [read("types"), read("keyvalue")].concat();
    let edited = |from: &str, to: &str| {
        let files = files
            .iter()
            .map(|(path, text)| (path, text.replace(from, to)));
        let files: Vec<_> = files.collect();
        let pairs = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        Wit::from_text(pairs).unwrap()
    };
    let kinds = |found: &SpecDiff| -> Vec<ChangeKind> {
        let changes = found.packages.iter().flat_map(|package| &package.changes);
        changes.map(|change| change.kind).collect()
    };
    let same = diff(&component, &edited("", ""), Context::default());
    assert!(same.is_empty() && same.notes.len() == 2, "{same:?}");
    let renamed = edited(
        "get: async func(key: string)",
        "get: async func(name: string)",
    );
    let found = diff(&component, &renamed, Context::default());
    assert_eq!(kinds(&found), [ChangeKind::ParameterRenamed]);
    assert_eq!((found.oracle_agrees, found.is_red()), (2, false));
    let gone = edited("    exists: async func", "    is-there: async func");
    let found = diff(&component, &gone, Context::default());
    assert_eq!(kinds(&found), [ChangeKind::FunctionRemoved]);
    let found = diff(&gone, &component, Context::default());
    assert_eq!(kinds(&found), [ChangeKind::FunctionAdded]);
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

/// A repository of git with two states of a package.
#[test]
fn a_revision_is_a_state() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .arg("-C")
            .arg(folder.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(arguments)
            .output();
        assert!(
            done.is_ok_and(|done| done.status.success()),
            "{arguments:?}"
        );
    };
    let write = |text: &str| {
        std::fs::create_dir_all(folder.path().join("wit/p")).unwrap();
        std::fs::write(folder.path().join("wit/p/p.wit"), text).unwrap();
    };
    git(&["init", "-q"]);
    write("package p:q@1.0.0;\ninterface i { f: func(); }\n");
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    write("package p:q@1.0.0;\ninterface i { g: func(); }\n");
    git(&["commit", "-qam", "two"]);
    let load = |revision: &str| Wit::load_from(revision, folder.path());
    for (old, new, changes) in [
        ("HEAD~1", "HEAD", 2),
        ("HEAD", "HEAD", 0),
        ("HEAD~1:wit/p", "HEAD:wit/p/p.wit", 2),
    ] {
        let found = diff(&load(old).unwrap(), &load(new).unwrap(), Context::default());
        let count: usize = found
            .packages
            .iter()
            .map(|package| package.changes.len())
            .sum();
        assert_eq!(count, changes, "{old} {new}");
    }
    // What a package uses lies beside it.
    std::fs::create_dir_all(folder.path().join("wit/r")).unwrap();
    let user = "package r:s@1.0.0;\ninterface j { use p:q/i@1.0.0.{t}; f: func(x: t); }\n";
    std::fs::write(folder.path().join("wit/r/r.wit"), user).unwrap();
    write("package p:q@1.0.0;\ninterface i { type t = u32; }\n");
    git(&["add", "."]);
    git(&["commit", "-qm", "three"]);
    let (committed, on_disk) = (load("HEAD:wit/r").unwrap(), load("wit/r").unwrap());
    assert!(diff(&committed, &on_disk, Context::default()).is_empty());
    assert!(load("HEAD:wit/r/r.wit").is_err_and(|error| error.to_string().contains("p:q")));
    for (name, words) in [
        ("HEAD:nowhere", "holds no wit files"),
        ("HEAD~9", "neither a file"),
        ("HEAD:wit/p/p.wit/x", "holds no wit files"),
    ] {
        let error = load(name).unwrap_err().to_string();
        assert!(error.contains(words), "{name}: {error}");
    }
}

#[test]
fn what_cannot_be_loaded_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (place, words) in [
        (write("noise", b"\x01\x02"), "neither wit text nor wasm"),
        (
            write("core.wasm", b"\0asm\x01\0\0\0"),
            "it is a core module",
        ),
        (
            write("cut.wasm", b"\0asm\x0d\0\x01\0\x07"),
            "no wit package",
        ),
        (write("bad.wit", b"package a:b; interface {"), "bad.wit:1"),
        (write("latin.wit", b"package a:b;\n// \xe9"), "not UTF-8"),
        ("no-such-thing".to_owned(), "neither a file"),
        ("--output=x".to_owned(), "neither a file"),
        (
            folder.path().join("no").to_str().unwrap().to_owned(),
            "neither a file",
        ),
    ] {
        let error = Wit::load(&place).unwrap_err().to_string();
        assert!(error.contains(words), "{place}: {error}");
    }
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let error = Wit::load(empty.to_str().unwrap()).unwrap_err().to_string();
    assert!(error.contains("holds no wit files"), "{error}");
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
    }
    found
}

/// Changes in an order that does not depend on the direction.
fn sorted(found: &SpecDiff) -> (Vec<String>, Vec<String>) {
    let packages = &found.packages;
    let changes = packages.iter().flat_map(|package| &package.changes);
    let clauses = packages.iter().flat_map(|package| &package.clauses);
    let mut changes: Vec<String> = changes
        .map(|change: &Change| format!("{change:?}"))
        .collect();
    let mut clauses: Vec<String> = clauses
        .map(|change: &ClauseChange| format!("{change:?}"))
        .collect();
    changes.sort();
    clauses.sort();
    (changes, clauses)
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
    (definition("t0"), definition("t1"), functions, 0..4u8).prop_map(
        |(t0, t1, functions, worlds)| {
            let mut seen = std::collections::BTreeSet::new();
            let mut body = format!("    {t0}\n    {t1}\n    resource r0;\n");
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
            let mut text = format!("package p:q@1.0.0;\ninterface i {{\n{body}}}\n");
            if worlds & 1 == 1 {
                text.push_str("world w { import i; }\n");
            }
            if worlds & 2 == 2 {
                text.push_str("world v { export i; import log: func(); }\n");
            }
            text
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

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
