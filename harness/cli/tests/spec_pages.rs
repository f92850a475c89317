//! `conformance spec coverage`, `docs`, `bundle`, `phase` and `publish`, as they are
//! typed: exit codes, what is written, and what is said about wrong input.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .arg("spec")
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        // Where a compiled engine would lie, if one were used.
        .env("CONFORMANCE_CACHE_DIR", "/nowhere/at/all")
        .output()
        .unwrap()
}

/// What a command printed that ends with this code.
#[track_caller]
fn expect(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = run_in(folder, arguments);
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    assert!(!text.contains("panic"), "{arguments:?}: {text}");
    text
}

/// A text on one line: lines are broken where the terminal would.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A checkout that can be broken: the texts of the real one, without reports.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["wit", "proposals", "conformance/features"] {
        copy_folder(&root().join(part), &folder.path().join(part));
    }
    let cases = "conformance/components/cases.json";
    std::fs::create_dir_all(folder.path().join("conformance/components")).unwrap();
    std::fs::copy(root().join(cases), folder.path().join(cases)).unwrap();
    folder
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn coverage_is_text_json_or_a_page() {
    let text = expect(&root(), &["coverage"], 0);
    assert!(
        text.contains("every MUST of a stable interface is proved"),
        "{text}"
    );
    assert_eq!(expect(&root(), &["coverage", "wit"], 0), text);
    let json = expect(&root(), &["coverage", "--format", "json"], 0);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema_version"], 1);
    assert!(
        value["clauses"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/coverage.html");
    let arguments = ["coverage", "--format", "html", "-o", name(&file)];
    assert_eq!(expect(&root(), &arguments, 0), "");
    let page = std::fs::read_to_string(file).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"));
}

#[test]
fn a_must_that_nothing_proves_ends_with_1() {
    let checkout = copy();
    let file = checkout.path().join("conformance/components/cases.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"KV-GET-2\"", "\"KV-GET-1\"")).unwrap();
    let told = expect(checkout.path(), &["coverage"], 1);
    assert!(
        told.contains("uncovered: KV-GET-2 wit/keyvalue/store.wit:"),
        "{told}"
    );
}

#[test]
fn pages_are_written_and_compared() {
    let checkout = copy();
    let told = expect(checkout.path(), &["docs", "--check"], 1);
    assert!(told.contains("missing: "), "{told}");
    expect(checkout.path(), &["docs"], 0);
    expect(checkout.path(), &["docs", "--check"], 0);
    let page = checkout.path().join("docs/reference/keyvalue/store.md");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replace("KV-GET-2", "KV-GET-9")).unwrap();
    let told = expect(checkout.path(), &["docs", "--check"], 1);
    assert!(told.contains("not current: "), "{told}");
    expect(checkout.path(), &["docs"], 0);
    assert_eq!(std::fs::read_to_string(&page).unwrap(), text);
}

#[test]
fn bundles_have_the_digests_that_are_printed() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let told: Vec<String> = folders
        .iter()
        .map(|folder| expect(&root(), &["bundle", "-o", name(folder.path())], 0))
        .collect();
    assert_eq!(told[0], told[1]);
    for line in told[0].lines() {
        let (digest, file) = line.split_once("  ").unwrap();
        assert_eq!(digest.len(), 64);
        let bytes = std::fs::read(folders[0].path().join(file)).unwrap();
        assert!(bytes.starts_with(b"\0asm"), "{file}");
    }
    let one = [
        "bundle",
        "-o",
        name(folders[0].path()),
        "--package",
        "cloud:types",
    ];
    assert_eq!(expect(&root(), &one, 0).lines().count(), 1);
    let none = [
        "bundle",
        "-o",
        name(folders[0].path()),
        "--package",
        "cloud:nothing",
    ];
    let told = expect(&root(), &none, 2);
    assert!(told.contains("cloud:nothing"), "{told}");
}

#[test]
fn phases_are_told_and_can_be_required() {
    let told = expect(&root(), &["phase"], 0);
    assert!(told.contains("0001-keyvalue: Key-value stores"), "{told}");
    let json = expect(&root(), &["phase", "keyvalue", "--format", "json"], 0);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["proposals"][0]["id"], "0001-keyvalue");
    expect(&root(), &["phase", "--require", "draft"], 0);
    expect(&root(), &["phase", "--require", "stable"], 1);
    let told = expect(&root(), &["phase", "keyvalu"], 2);
    assert!(told.contains("0001-keyvalue"), "{told}");
}

#[test]
fn a_run_is_published_and_read_by_the_others() {
    let checkout = copy();
    let reports = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(["--provider", "memory", "--report-dir", name(reports.path())])
        .env(
            "CONFORMANCE_CACHE_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("components"),
        )
        .output()
        .unwrap();
    assert!(run.status.success());
    let publish = ["publish", name(reports.path())];
    let told = expect(checkout.path(), &publish, 2);
    assert!(told.contains("nothing says what memory is"), "{told}");
    std::fs::write(
        reports.path().join("implementation.toml"),
        "schema = 1\nkind = \"reference\"\nfamily = \"host\"\norganisation = \"cloud-wit\"\n\
         project = \"memory\"\nurl = \"https://example.org\"\n",
    )
    .unwrap();
    expect(checkout.path(), &publish, 0);
    let folder = checkout.path().join("conformance/reports/0.1.0/memory");
    let report = folder.join("report.json");
    let small = std::fs::metadata(&report).unwrap().len();
    let whole = std::fs::metadata(reports.path().join("report.json"))
        .unwrap()
        .len();
    assert!(small * 2 < whole, "{small} of {whole}");
    // Again, from what is there.
    std::fs::remove_file(reports.path().join("implementation.toml")).unwrap();
    expect(checkout.path(), &publish, 0);

    expect(checkout.path(), &["docs"], 0);
    let page = checkout.path().join("docs/reference/keyvalue/store.md");
    assert!(
        std::fs::read_to_string(page)
            .unwrap()
            .contains("Passes on: memory")
    );
    let told = expect(
        checkout.path(),
        &["phase", "keyvalue", "--require", "experimental"],
        0,
    );
    assert!(words(&told).contains("1 of 1 published runs"), "{told}");

    // What is not to be relied on is told by name, and nothing is left out silently.
    let text = std::fs::read_to_string(&report).unwrap();
    std::fs::write(
        &report,
        text.replacen("\"publishable\":true", "\"publishable\":false", 1),
    )
    .unwrap();
    for command in [["docs", "--check"], ["phase", "keyvalue"]] {
        let told = expect(checkout.path(), &command, 2);
        assert!(told.contains("report.json"), "{told}");
    }
    std::fs::write(&report, "{").unwrap();
    let told = expect(checkout.path(), &["phase"], 2);
    assert!(told.contains("not a report"), "{told}");
    let told = expect(checkout.path(), &["publish", name(&report)], 2);
    assert!(told.contains("not a report"), "{told}");
}

#[test]
fn wrong_input_ends_with_2_and_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let file = empty.path().join("file.txt");
    std::fs::write(&file, "no wit").unwrap();
    let out = empty.path().join("out");
    for command in ["coverage", "docs"] {
        expect(&root(), &[command, name(&file)], 2);
        expect(&root(), &[command, name(empty.path())], 2);
        expect(&root(), &[command, "/nowhere/at/all"], 2);
        expect(empty.path(), &[command], 2);
    }
    expect(&root(), &["phase", "--root", name(&file)], 2);
    for place in [name(&file), name(empty.path()), "/nowhere/at/all"] {
        expect(&root(), &["bundle", place, "-o", name(&out)], 2);
        expect(&root(), &["publish", place], 2);
    }
    // A file where a folder has to be written.
    expect(&root(), &["bundle", "-o", name(&file)], 2);

    let checkout = copy();
    let wit = checkout.path().join("wit/types/errors.wit");
    for text in [
        "",
        "package",
        "interface {",
        "\u{0}\u{1}",
        "package a:b; interface c { d: func( }",
    ] {
        std::fs::write(&wit, text).unwrap();
        for command in [
            &["coverage"][..],
            &["docs"],
            &["phase"],
            &["bundle", "-o", name(&out)],
        ] {
            let told = expect(checkout.path(), command, 2);
            assert!(told.contains("wit"), "{told}");
        }
    }
    std::fs::write(&wit, [0xff, 0xfe, 0x00]).unwrap();
    expect(checkout.path(), &["coverage"], 2);
    expect(checkout.path(), &["bundle", "-o", name(&out)], 2);
}

#[test]
fn each_command_helps_with_examples_and_is_quick() {
    let out = tempfile::tempdir().unwrap();
    for command in ["coverage", "docs", "bundle", "phase", "publish"] {
        let told = expect(&root(), &[command, "--help"], 0);
        assert!(told.contains("Examples:"), "{told}");
    }
    for command in [
        &["coverage"][..],
        &["docs", "--check"],
        &["phase"],
        &["bundle", "-o", name(out.path())],
    ] {
        // Each takes less than a second. The best of some, and much more than that: the
        // machine may be slow, and other tests run at the same time.
        let best = (0..5)
            .map(|_| {
                let start = Instant::now();
                run_in(&root(), command);
                start.elapsed()
            })
            .min();
        let limit = Duration::from_secs(10);
        assert!(best < Some(limit), "{command:?}: {best:?}");
    }
}
