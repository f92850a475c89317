//! What is published is read whole, and what is wrong with it is named by its file.

mod small;

use std::path::{Path, PathBuf};

use conformance_model::{ServiceKind, Standing};
use conformance_spec::published;

/// Bytes of all published reports together: they are committed.
const MOST: u64 = 2_000_000;

const FACTS: &str = "\
schema = 1
kind = \"open-source\"
family = \"alpha\"
organisation = \"Somebody\"
project = \"Alpha\"
url = \"https://example.org\"
licence = \"MIT\"
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A checkout with one published run.
fn checkout() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("conformance/reports/0.1.0/alpha");
    std::fs::create_dir_all(&folder).unwrap();
    let run = &small::published()[0];
    let report = conformance_report::published::json(&run.report.clone().slim()).unwrap();
    std::fs::write(folder.join("report.json"), report).unwrap();
    std::fs::write(folder.join("implementation.toml"), FACTS).unwrap();
    std::fs::write(folder.join("README.md"), "# A run\n").unwrap();
    std::fs::write(folder.join("../../README.md"), "# Runs\n").unwrap();
    (root, folder)
}

/// What is told of a checkout in which one file was changed.
fn told(file: &str, change: impl Fn(&str) -> String) -> String {
    let (root, folder) = checkout();
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(&path, change(&text)).unwrap();
    let error = published(root.path()).unwrap_err().to_string();
    let name = Path::new(file).file_name().unwrap().to_string_lossy();
    assert!(error.contains(&*name), "{error}");
    error
}

#[test]
fn a_run_is_read_as_it_was_written() {
    let (root, _) = checkout();
    let read = published(root.path()).unwrap();
    let written = &small::published()[0];
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].folder, "conformance/reports/0.1.0/alpha");
    assert_eq!(read[0].spec_version, "0.1.0");
    assert_eq!(read[0].implementation.kind, ServiceKind::OpenSource);
    assert_eq!(read[0].report, written.report.clone().slim());
    assert_eq!(read[0].label(), "alpha 1.0");
    assert_eq!(read[0].standing(["s.get.kept"]), Standing::Passes);
}

#[test]
fn nothing_published_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(published(folder.path()).unwrap().is_empty());
}

#[test]
fn what_is_wrong_is_told_with_its_file() {
    let part = |file: &str, from: &'static str, to: &'static str| {
        told(file, move |text| text.replacen(from, to, 1))
    };
    let report = |from, to| part("report.json", from, to);
    let facts = |from, to| part("implementation.toml", from, to);
    insta::assert_snapshot!(
        [
            told("report.json", |_| "{".to_owned()),
            told("report.json", |_| "[]".to_owned()),
            told("report.json", |text| text[..text.len() / 2].to_owned()),
            report("\"schema_version\":1", "\"schema_version\":7"),
            report(
                "\"publishable\":true,\"not_publishable\":[]",
                "\"publishable\":false,\"not_publishable\":[\"cases were left out\"]"
            ),
            report("\"complete\":true", "\"complete\":false"),
            report("\"version\":\"0.1.0\"}]", "\"version\":\"0.2.0\"}]"),
            report("\"name\":\"alpha\"", "\"name\":\"alpha/other\""),
            facts("schema = 1", "schema = 2"),
            facts("family", "families"),
            facts("\"alpha\"", "\"Two Words\""),
            facts("\"Somebody\"", "\" \""),
            facts("https://", "ftp://"),
            facts("licence = \"MIT\"\n", ""),
            facts("open-source", "free"),
            told("notes.txt", |_| String::new()),
        ]
        .iter()
        .map(|line| {
            // The folder is another one in each run.
            let at = line.find("conformance/reports").unwrap();
            line[at..].to_owned()
        })
        .collect::<Vec<_>>()
        .join("\n---\n")
    );
    for file in ["report.json", "implementation.toml", "README.md"] {
        let (root, folder) = checkout();
        std::fs::remove_file(folder.join(file)).unwrap();
        assert!(
            published(root.path())
                .unwrap_err()
                .to_string()
                .contains(file)
        );
    }
    let (root, folder) = checkout();
    std::fs::write(folder.join("../stray"), "").unwrap();
    assert!(
        published(root.path())
            .unwrap_err()
            .to_string()
            .contains("stray")
    );
}

#[test]
fn the_real_runs_can_be_read_and_are_small() {
    let runs = published(&root()).unwrap();
    let mut bytes = 0;
    for run in &runs {
        let file = root().join(&run.folder).join("report.json");
        bytes += std::fs::metadata(file).unwrap().len();
    }
    assert!(bytes <= MOST, "{bytes} bytes are published");
}
