//! `conformance spec check` as a person or a CI job runs it: what it prints where,
//! and how it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn corpus(rule: &str) -> PathBuf {
    root().join("harness/spec/tests/check").join(rule)
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(["spec", "check"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn this_checkout_is_in_order() {
    let output = run(&root(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert_eq!(err(&output), "");
    let last = out(&output).lines().last().unwrap().to_owned();
    assert!(
        last.contains("4 packages") && last.contains("cases"),
        "{last}"
    );
    assert!(!out(&output).contains('\u{1b}'), "colours in a pipe");
}

#[test]
fn the_exit_code_says_how_it_went() {
    for (rule, code) in [
        ("nothing-wrong", 0),
        ("name-synonym", 0),
        ("clause-word", 1),
        ("uncovered-must", 1),
        ("gate-doubled", 1),
        ("unresolved", 1),
        ("syntax", 2),
    ] {
        for format in ["text", "json", "github", "sarif"] {
            let output = run(&corpus(rule), &["--format", format]);
            assert_eq!(output.status.code(), Some(code), "{rule}: {}", out(&output));
            assert_eq!(err(&output), "", "{rule}");
        }
    }
}

#[test]
fn formats_for_machines_are_what_they_say() {
    let folder = corpus("clause-word");
    let json: Value = serde_json::from_str(&out(&run(&folder, &["--format", "json"]))).unwrap();
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["errors"], 4);
    assert_eq!(json["diagnostics"][0]["file"], "wit/b/store.wit");
    let sarif: Value = serde_json::from_str(&out(&run(&folder, &["--format", "sarif"]))).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 4);
    let github = out(&run(&folder, &["--format", "github"]));
    let first =
        "::error file=wit/b/store.wit,line=5,endLine=5,col=12,endColumn=19,title=clause-word::";
    assert!(github.starts_with(first), "{github}");
}

#[test]
fn the_same_is_told_each_time() {
    let folder = corpus("unknown-clause");
    let first = out(&run(&folder, &[]));
    assert!((0..3).all(|_| out(&run(&folder, &[])) == first));
}

#[test]
fn paths_lead_from_here() {
    let told = out(&run(&root(), &["harness/spec/tests/check/clause-id"]));
    let place = "--> harness/spec/tests/check/clause-id/wit/b/store.wit:5:12";
    assert!(told.contains(place), "{told}");
    let told = out(&run(&corpus("clause-id"), &["wit/b/store.wit"]));
    assert!(told.contains("--> wit/b/store.wit:5:12"), "{told}");
}

#[test]
fn the_rules_are_listed() {
    let told = out(&run(&root(), &["--rules"]));
    assert!(
        told.lines().any(|line| line.starts_with("clause-word ")),
        "{told}"
    );
    let json: Value =
        serde_json::from_str(&out(&run(&root(), &["--rules", "--format", "json"]))).unwrap();
    assert!(json["rules"].as_array().unwrap().len() > 30);
}

#[test]
fn what_cannot_be_read_ends_with_2_and_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    std::fs::write(empty.path().join("x.toml"), "a = 1").unwrap();
    std::fs::create_dir(empty.path().join("bytes")).unwrap();
    std::fs::write(empty.path().join("bytes/x.wit"), [0xff, 0xfe, 0x00]).unwrap();
    for (arguments, says) in [
        (&[][..], "there is no wit folder here"),
        (&["nowhere"], "cannot read nowhere"),
        (&["x.toml"], "neither a folder nor a .wit file"),
        (&["bytes"], "not UTF-8"),
        (&["."], "no wit files"),
        (&["--format", "xml"], "invalid value"),
        (&["--rules", "--format", "sarif"], "text or json"),
    ] {
        let output = if says == "no wit files" {
            std::fs::remove_dir_all(empty.path().join("bytes")).unwrap();
            run(empty.path(), arguments)
        } else {
            run(empty.path(), arguments)
        };
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            err(&output).contains(says),
            "{arguments:?}: {}",
            err(&output)
        );
        assert_eq!(out(&output), "");
    }
}

#[test]
fn help_has_examples() {
    let output = run(&root(), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let told = out(&output);
    assert!(
        told.contains("Examples:") && told.contains("--format sarif"),
        "{told}"
    );
}
