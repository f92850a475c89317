//! What `conformance spec check` says of small specifications, one for each rule in
//! `check/`, and of this one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use conformance_model::{CheckReport, Severity};
use conformance_report::diagnostics::text;
use conformance_spec::{Rule, SpecError, check};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

/// The report without the place of this checkout in it.
fn checked(path: &Path) -> CheckReport {
    let mut report = check(path).unwrap();
    report.root = String::new();
    report
}

fn shown(report: &CheckReport) -> String {
    anstream::adapter::strip_str(&text::render(report, 100)).to_string()
}

fn errors(report: &CheckReport) -> u64 {
    report.count(Severity::Error)
}

fn rules(report: &CheckReport) -> BTreeSet<&str> {
    report.diagnostics.iter().map(|d| d.rule.as_str()).collect()
}

fn folders() -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = std::fs::read_dir(corpus())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                path,
            )
        })
        .collect();
    found.sort();
    found
}

#[test]
fn each_rule_has_a_specification_that_breaks_it() {
    for (name, folder) in folders() {
        insta::assert_snapshot!(name, shown(&checked(&folder)));
    }
}

#[test]
fn each_rule_is_broken_somewhere() {
    let folders = folders();
    for rule in Rule::ALL {
        let (_, folder) = folders
            .iter()
            .find(|(name, _)| name == rule.id())
            .unwrap_or_else(|| panic!("tests/check/ has no folder {}", rule.id()));
        let report = checked(folder);
        assert!(rules(&report).contains(rule.id()), "{}", shown(&report));
    }
}

/// Every diagnostic points at something, and its line says the same as its file.
#[test]
fn places_are_those_of_the_files() {
    for (name, folder) in folders() {
        for found in checked(&folder).diagnostics {
            if found.length == 0 {
                assert_eq!((found.line, found.column), (1, 1), "{name}: {found}");
                continue;
            }
            let text = std::fs::read_to_string(folder.join(&found.file)).unwrap();
            let line = text.split('\n').nth(found.line as usize - 1).unwrap();
            assert_eq!(found.source_line.as_deref(), Some(line), "{name}: {found}");
            let (first, length) = (found.column as usize - 1, found.length as usize);
            assert!(
                first + length <= line.chars().count().max(first + 1),
                "{name}: {found}"
            );
        }
    }
}

#[test]
fn this_specification_breaks_no_rule() {
    let report = checked(&root());
    assert_eq!(errors(&report), 0, "{}", shown(&report));
    assert_eq!(report.not_checked, [""; 0]);
    assert!(!report.incomplete);
    assert!(report.checked.clauses > 100 && report.checked.cases > 100);
}

/// It takes less than a second. The best of a few times, and much more than that: the
/// machine may be slow, and busy with other tests.
#[test]
fn it_is_quick() {
    let time = || {
        let start = Instant::now();
        checked(&root());
        start.elapsed()
    };
    let best = (0..5).map(|_| time()).min().unwrap();
    assert!(best < Duration::from_secs(10), "{best:?}");
}

#[test]
fn wit_alone_is_checked_as_far_as_it_goes() {
    let folder = checked(&root().join("wit"));
    assert_eq!(errors(&folder), 0, "{}", shown(&folder));
    assert_eq!(folder.not_checked.len(), 1);
    let file = checked(&root().join("wit/keyvalue/cas.wit"));
    assert_eq!(errors(&file), 0, "{}", shown(&file));
    insta::assert_snapshot!("of_one_file", shown(&file));
    let package = checked(&root().join("wit/keyvalue"));
    insta::assert_snapshot!("of_one_package", shown(&package));
}

/// What other files may hold is no fault of one file; what it should hold itself is.
#[test]
fn one_file_is_checked_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.wit");
    let with = |rest: &str| {
        std::fs::write(&file, format!("package a:b@0.1.0;\n{rest}\n")).unwrap();
        let report = checked(&file);
        let found = report.diagnostics.iter();
        let found: Vec<String> = found
            .filter(|one| one.rule == Rule::Unresolved.id())
            .map(|one| one.message.clone())
            .collect();
        (found, report.not_checked.join("\n"))
    };
    let elsewhere = "is not among these files";
    for (text, wrong, lacks) in [
        ("interface x { f: func(a: absent); }", "absent", ""),
        ("interface x { record r { a: list<absent> } }", "absent", ""),
        ("interface x { use y.{t}; f: func(a: t); }", "", "y"),
        (
            "interface x { use y.{t}; f: func(a: absent, b: t); }",
            "absent",
            "y",
        ),
        (
            "interface x { use y.{t as u, %list, /* } */ v,}; f: func(a: u, b: t); }",
            "`t`",
            "y",
        ),
        (
            "interface x { use y.{t as u, %list, /* } */ v,}; f: func(a: u, b: v) -> %list; }",
            "",
            "y",
        ),
        (
            "interface x { use y.{t}; f: func(a: borrow<t>) -> stream<t>; }",
            "",
            "y",
        ),
        (
            "interface x { use p:q/r@1.0.0.{t}; f: func(a: absent); }",
            "absent",
            "",
        ),
        (
            "interface x { use p:q/r@1.0.0.{t}; f: func(a: t); }",
            "",
            "p:q@1.0.0",
        ),
        (
            "use y as z;\ninterface x { use z.{t}; f: func(a: absent); }",
            "",
            "y",
        ),
        (
            "use p:q/y as z;\ninterface x { use z.{t}; use v.{u}; f: func(a: absent); }",
            "absent",
            "v",
        ),
        (
            "interface y { type t = u8; }\ninterface x { use y.{u}; }",
            "`u`",
            "",
        ),
        (
            "world w { import y; export z; include v; use u.{t}; import f: func(a: t); }",
            "",
            "v",
        ),
        (
            "world w { include v with { a as b } import f: func(a: absent); }",
            "absent",
            "v",
        ),
        (
            "interface x { type a = b; type b = a; use y.{t}; }",
            "depends on itself",
            "y",
        ),
    ] {
        let (found, not_checked) = with(text);
        if wrong.is_empty() {
            assert_eq!(found, [""; 0], "{text}");
        } else {
            assert!(
                found.iter().any(|one| one.contains(wrong)),
                "{text}: {found:?}"
            );
            assert_eq!(found.len(), 1, "{text}: {found:?}");
        }
        let told = lacks.is_empty() || not_checked.contains(&format!("{lacks} {elsewhere}"));
        assert!(told, "{text}: {not_checked}");
    }
}

/// A broken file hides nothing of what is wrong with the clauses of the others.
#[test]
fn what_cannot_be_parsed_ends_incomplete() {
    let report = checked(&corpus().join("syntax"));
    assert!(report.incomplete);
    assert!(rules(&report).contains(Rule::ClauseWord.id()));
    assert!(!checked(&corpus().join("gate-doubled")).incomplete);
}

/// WIT of others has no clauses and often no gates.
#[test]
fn foreign_wit_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "world.wit",
        "package foreign:store@0.2.0-draft2;\n\n/// MUST be heard.\nworld imports {\n    import store;\n    import clocks:wall/time;\n}\n",
    );
    write(
        "store.wit",
        "interface store {\n    get: func(key: string) -> list<u8>;\n}\n",
    );
    write(
        "deps/clocks/time.wit",
        "package clocks:wall;\ninterface time {\n    now: func() -> u64;\n}\n",
    );
    let report = checked(folder.path());
    insta::assert_snapshot!("of_foreign_wit", shown(&report));
    // What is vendored is not ours to judge.
    assert!(
        report
            .diagnostics
            .iter()
            .all(|d| !d.file.starts_with("deps/"))
    );
}

#[test]
fn what_is_no_specification_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(matches!(check(path), Err(SpecError::Empty { .. })));
    assert!(matches!(
        check(&path.join("none")),
        Err(SpecError::Read { .. })
    ));
    std::fs::write(path.join("a.txt"), "package a:b;").unwrap();
    assert!(matches!(
        check(&path.join("a.txt")),
        Err(SpecError::Kind(_))
    ));
    std::fs::write(path.join("a.wit"), b"package a:b;\n// \xff\n").unwrap();
    let error = check(path).unwrap_err();
    assert!(matches!(error, SpecError::Utf8 { at: 16, .. }), "{error}");
    std::fs::create_dir(path.join("wit")).unwrap();
    assert!(matches!(check(path), Err(SpecError::Empty { .. })));
}

/// A folder that lies in itself, and one that is very deep.
#[cfg(unix)]
#[test]
fn folders_have_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let wit = folder.path().join("wit/b");
    std::fs::create_dir_all(&wit).unwrap();
    std::os::unix::fs::symlink("..", wit.join("again")).unwrap();
    std::fs::write(wit.join("b.wit"), "package a:b@0.1.0;\n").unwrap();
    assert_eq!(checked(folder.path()).checked.files, 1);
    std::fs::create_dir_all(wit.join("a/".repeat(100))).unwrap();
    assert_eq!(checked(folder.path()).checked.files, 1);
}

/// A link without a target may be a file or a folder that is missed.
#[cfg(unix)]
#[test]
fn links_lead_somewhere() {
    use std::os::unix::fs::symlink;
    for (place, refused) in [
        ("wit/b/more.wit", true),
        ("wit/b/deps", true),
        ("wit/c", true),
        ("wit/b/notes.txt", false),
        ("wit/b/.#b.wit", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("wit/b")).unwrap();
        std::fs::write(folder.path().join("wit/b/b.wit"), "package a:b@0.1.0;\n").unwrap();
        symlink("nowhere", folder.path().join(place)).unwrap();
        // As a checkout, and as the WIT alone.
        for root in ["", "wit"] {
            let found = check(&folder.path().join(root));
            let link = matches!(&found, Err(SpecError::Link { path, target })
                if path.ends_with(place) && target == "nowhere");
            assert_eq!(link, refused, "{place} {root}: {found:?}");
            assert_eq!(found.is_ok(), !refused, "{place} {root}");
        }
    }
}

const BEGINNING: &str = "package a:b@0.1.0;\n@since(version = 0.1.0)\ninterface x {\n";

/// Text that is no WIT, is far too much of it, or goes very deep.
#[test]
fn garbage_is_told_and_never_panics() {
    let many = |text: &str, times: usize| format!("{BEGINNING}{}", text.repeat(times));
    let texts = [
        String::new(),
        "\u{0}".to_owned(),
        "}{\u{202e}".to_owned(),
        "package".to_owned(),
        "package a:b@99999999999999999999999.0.0;".to_owned(),
        "/**/ package a:b; /**/ interface x {}".to_owned(),
        "package a:b { ".repeat(300),
        "/*".repeat(10_000),
        "\"\\".repeat(10_000),
        "@".repeat(10_000),
        "@since(".repeat(10_000),
        "`".repeat(10_000),
        many("list<", 10_000),
        many("type t = list<list<u8>, 3>;", 2_000),
        many("/// - [X-Y-1] MUST go.\nf: func();\n", 5_000),
        many("/// MUST `", 10_000),
        many("interface ", 10_000),
        many("resource r { ", 5_000),
        many("/// - [", 10_000),
        many("/// - [X-Y-4294967295] MUST go\n", 3),
        many(
            "/// - [X-Y-2] MUST go\r\n/// \u{301}\u{1f600} KV-GET-1 to 4294967295\r\n",
            3,
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.wit");
    for text in &texts {
        std::fs::write(&file, text).unwrap();
        let start = Instant::now();
        let report = checked(&file);
        let beginning: String = text.chars().take(40).collect();
        assert!(!report.diagnostics.is_empty(), "{beginning}");
        let _ = shown(&report);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(120), "{took:?}: {beginning}");
    }
}

/// Every file of the specification cut short, with holes, and with lines in another
/// place: something may be wrong with it or not, but it is read.
#[test]
fn damaged_specifications_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    copy(
        &root(),
        folder.path(),
        &["wit", "proposals", "conformance/features"],
    );
    let cases = "conformance/components/cases.json";
    std::fs::create_dir_all(folder.path().join("conformance/components")).unwrap();
    std::fs::copy(root().join(cases), folder.path().join(cases)).unwrap();
    assert_eq!(errors(&checked(folder.path())), 0);
    let mut files = Vec::new();
    for path in ["wit", "proposals", "conformance"] {
        all_files(&folder.path().join(path), &mut files);
    }
    for (number, file) in files.iter().enumerate() {
        let whole = std::fs::read(file).unwrap();
        for part in 1..4 {
            let at = (whole.len() * part / 4 + number * 7) % whole.len();
            let hole = at..(at + 30).min(whole.len());
            let mut damaged = whole.clone();
            match part {
                1 => damaged.truncate(at),
                2 => drop(damaged.drain(hole)),
                _ => damaged.rotate_left(at),
            }
            // Only text gets as far as the checks.
            let text = String::from_utf8_lossy(&damaged).into_owned();
            std::fs::write(file, text).unwrap();
            let report = checked(folder.path());
            let _ = shown(&report);
        }
        std::fs::write(file, whole).unwrap();
    }
}

#[test]
fn severities_and_counts_agree() {
    let report = checked(&corpus().join("name-synonym"));
    assert_eq!(
        (
            report.count(Severity::Error),
            report.count(Severity::Warning)
        ),
        (0, 1)
    );
}

fn copy(from: &Path, to: &Path, folders: &[&str]) {
    let mut files = Vec::new();
    for folder in folders {
        all_files(&from.join(folder), &mut files);
    }
    for file in files {
        let target = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&file, target).unwrap();
    }
}

fn all_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_files(&path, into);
        } else {
            into.push(path);
        }
    }
    into.sort();
}
