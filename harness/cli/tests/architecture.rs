//! The invariants of docs/architecture.md that a program can check: which crate
//! may see which, what lies at the root, how long files are, and that no page
//! points to what is not there.
//!
//! It knows names of crates and folders, and nothing of what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What each crate may depend on inside the workspace, tests and benchmarks
/// left out. A provider has no line here: `PROVIDER` holds for it.
const ARROWS: &[(&str, &[&str])] = &[
    ("cloud-contract", &[]),
    ("conformance-model", &[]),
    ("conformance-spec", &["conformance-model"]),
    ("conformance-report", &["conformance-model"]),
    ("reference-host", &["cloud-contract"]),
    ("azure-access", &["cloud-contract"]),
    ("bucket-scopes", &["cloud-contract"]),
    ("provider-tests", &["cloud-contract", "conformance-runner"]),
    (
        "conformance-runner",
        &[
            "conformance-model",
            "conformance-spec",
            "reference-host",
            "cloud-contract",
        ],
    ),
    (
        "conformance-cli",
        &[
            "conformance-model",
            "conformance-spec",
            "conformance-report",
            "conformance-runner",
            "provider-registry",
            "cloud-contract",
        ],
    ),
    (
        "reference-host-cli",
        &["reference-host", "provider-registry", "cloud-contract"],
    ),
    ("guest-builder", &[]),
];

/// What a crate in `reference-host/providers` may depend on.
const PROVIDER: &[&str] = &["cloud-contract"];

/// Exceptions: a provider that is made of another, or of what several have in common,
/// with the reason.
const WRAPPERS: &[(&str, &str, &str)] = &[
    (
        "provider-mutants",
        "provider-memory",
        "each mutant is memory with one fault",
    ),
    (
        "provider-azure-blob",
        "azure-access",
        "blobs and tables are parts of one account",
    ),
    (
        "provider-azure-tables",
        "azure-access",
        "blobs and tables are parts of one account",
    ),
    (
        "provider-azure-blob",
        "bucket-scopes",
        "scopes in one bucket",
    ),
    ("provider-gcs", "bucket-scopes", "scopes in one bucket"),
    ("provider-s3", "bucket-scopes", "scopes in one bucket"),
];

/// Families of crates from outside, and who alone may use them.
const GUARDED: &[(&str, &[&str])] = &[
    ("wasmtime", &["reference-host", "reference-host-cli"]),
    ("wasmtime-wasi", &["reference-host-cli"]),
    ("wit-parser", &["conformance-spec", "guest-builder"]),
    ("wit-component", &["conformance-spec", "guest-builder"]),
    (
        "clap",
        &["conformance-cli", "guest-builder", "reference-host-cli"],
    ),
    ("miette", &["conformance-cli", "reference-host-cli"]),
    ("libtest-mimic", &["conformance-runner"]),
    ("testcontainers", &["conformance-runner"]),
    ("anyhow", &[]),
];

/// What may lie at the root. Hidden files are those of tools.
const ROOT: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "conformance",
    "docs",
    "harness",
    "proposals",
    "reference-host",
    "wit",
    // Never committed.
    "reports",
    "target",
];

const MOST_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Name of each crate of the workspace, its folder, its normal dependencies.
fn crates() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata: {errors}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let normal = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| text(&dependency["name"]))
                .collect();
            let manifest = text(&package["manifest_path"]);
            (text(&package["name"]), (manifest, normal))
        })
        .collect()
}

#[test]
fn arrows_point_one_way() {
    let crates = crates();
    let is_provider = |manifest: &str| manifest.contains("/reference-host/providers/");
    let mut faults = Vec::new();
    for (name, (manifest, dependencies)) in &crates {
        let allowed: Vec<&str> = if is_provider(manifest) {
            let wrapped = WRAPPERS.iter().filter(|(wrapper, ..)| wrapper == name);
            let wrapped = wrapped.map(|(_, inner, _)| *inner);
            PROVIDER.iter().copied().chain(wrapped).collect()
        } else if name == "provider-registry" {
            let providers = crates
                .iter()
                .filter(|(_, (manifest, _))| is_provider(manifest));
            let providers = providers.map(|(name, _)| name.as_str());
            PROVIDER.iter().copied().chain(providers).collect()
        } else {
            match ARROWS.iter().find(|(known, _)| known == name) {
                Some((_, allowed)) => allowed.to_vec(),
                None => {
                    faults.push(format!("{name} is new: say in ARROWS what it may see"));
                    continue;
                }
            }
        };
        for dependency in dependencies {
            if crates.contains_key(dependency) && !allowed.contains(&dependency.as_str()) {
                faults.push(format!("{name} must not see {dependency}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn only_those_who_need_an_engine_see_one() {
    let mut faults = Vec::new();
    for (name, (_, dependencies)) in &crates() {
        for (family, users) in GUARDED {
            let belongs = |dependency: &&String| {
                dependency
                    .strip_prefix(family)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
            };
            for dependency in dependencies.iter().filter(belongs) {
                if !users.contains(&name.as_str()) {
                    faults.push(format!("{name} must not see {dependency}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What serves every provider and every capability knows none by name: no text in
/// quotes is the name of a provider or, for the harness, has the name of a
/// capability in it, as `"events/topic.wit"` would. A sentence may have the word.
#[test]
fn what_is_general_names_nobody() {
    let root = root();
    let folders = |folder: &str, but: &[&str]| -> Vec<String> {
        let names = entries(&root.join(folder)).into_iter();
        let names = names.filter(|path| path.is_dir());
        let names = names.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        names.filter(|name| !but.contains(&name.as_str())).collect()
    };
    let providers = folders("reference-host/providers", &[]);
    let capabilities = folders("wit", &["types", "platform"]);
    assert!(!providers.is_empty() && !capabilities.is_empty());
    let mut faults = Vec::new();
    for (path, text) in texts(&["rs"]) {
        let harness = ["model", "spec", "runner", "report"]
            .iter()
            .any(|name| path.starts_with(format!("harness/{name}/src")));
        let host = ["contract", "host"]
            .iter()
            .any(|name| path.starts_with(format!("reference-host/{name}/src")));
        if !harness && !host {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for quoted in quoted(code) {
            let names_provider = providers.iter().any(|name| name == quoted);
            let names_capability =
                harness && capabilities.iter().any(|name| has_word(quoted, name));
            if names_provider || names_capability {
                faults.push(format!("{} names {quoted:?}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The texts in quotes of each line that is no comment.
fn quoted(code: &str) -> impl Iterator<Item = &str> {
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// Whether a name or path has a word in it; a sentence, which has blanks, is none.
fn has_word(name: &str, word: &str) -> bool {
    !name.contains(' ')
        && name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|part| part == word)
}

#[test]
fn the_root_holds_what_it_should() {
    let unknown: Vec<String> = entries(&root())
        .iter()
        .filter_map(|path| path.file_name().map(|name| name.to_string_lossy().into()))
        .filter(|name: &String| !name.starts_with('.') && !ROOT.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "not at the root: {unknown:?}");
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut long = Vec::new();
    for (path, text) in texts(&["rs"]) {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            long.push(format!("{} has {lines} lines", path.display()));
        }
    }
    assert!(long.is_empty(), "more than {MOST_LINES}: {long:#?}");
}

/// Links of pages lead to a file of the repository, and not out of it; so do the
/// pages that the code sends its reader to.
#[test]
fn links_lead_somewhere() {
    let root = root().canonicalize().unwrap();
    let mut faults = Vec::new();
    for (page, text) in texts(&["md"]) {
        for link in links(&text) {
            let (path, _) = link.split_once('#').unwrap_or((link, ""));
            if path.is_empty() || path.contains("://") {
                continue;
            }
            let target = page.parent().unwrap_or(Path::new("")).join(path);
            let inside = depth(&target).is_some();
            if !inside || !root.join(&target).exists() {
                faults.push(format!("{}: {link}", page.display()));
            }
        }
    }
    // A decision may be named by its number alone: `docs/decisions/0003`.
    let pages: Vec<String> = texts(&["md"])
        .iter()
        .map(|(page, _)| page.display().to_string())
        .collect();
    for (file, text) in texts(&["rs"]) {
        for (at, folder) in text.match_indices("docs/") {
            // A word such as `mydocs/` is another one.
            if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
                continue;
            }
            let rest = &text[at + folder.len()..];
            let letters = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            let end = rest.find(|c| !letters(c)).unwrap_or(rest.len());
            let link = format!("{folder}{}", rest[..end].trim_end_matches(['.', '/']));
            let numbered = pages
                .iter()
                .any(|page| page.starts_with(&format!("{link}-")));
            if !numbered && !root.join(&link).exists() {
                faults.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The targets of `[text](target)`, those in code left out.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        // Every second piece between backticks is code.
        for piece in line.split('`').step_by(2) {
            for rest in piece.split("](").skip(1) {
                found.extend(rest.split_once(')').map(|(link, _)| link));
            }
        }
        // A link whose text is code.
        for (place, _) in line.match_indices("`](") {
            let rest = &line[place + "`](".len()..];
            found.extend(rest.split_once(')').map(|(link, _)| link));
        }
    }
    found
}

/// How deep a relative path is; none if it leads out of where it starts.
fn depth(path: &Path) -> Option<usize> {
    path.components()
        .try_fold(0_usize, |depth, part| match part {
            Component::Normal(_) => Some(depth + 1),
            Component::CurDir => Some(depth),
            Component::ParentDir => depth.checked_sub(1),
            Component::RootDir | Component::Prefix(_) => None,
        })
}

/// Files with one of these endings, by their path from the root.
fn texts(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let root = root();
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let built = ["target", "reports"].contains(&&*name);
            if path.is_dir() {
                if !built && (!name.starts_with('.') || name == ".ci") {
                    folders.push(path);
                }
            } else if path
                .extension()
                .is_some_and(|ending| endings.iter().any(|known| ending == *known))
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "no {endings:?} files found");
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
