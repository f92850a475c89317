//! States of whatever origin: components, git revisions, files that hold something else.

use std::path::{Path, PathBuf};

use conformance_model::{ChangeKind, SemverClass, SpecDiff};
use conformance_spec::{Context, Wit, diff};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{ManglingAndAbi, Resolve};

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

/// A component for the world `w` of a text.
fn component(text: &str) -> Wit {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("a.wit", text).unwrap();
    let world = resolve.select_world(&[package], Some("w")).unwrap();
    let mut module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .unwrap();
    let encoder = ComponentEncoder::default().module(&module).unwrap();
    Wit::from_wasm(&{ encoder }.encode().unwrap()).unwrap()
}

/// The version is part of the name that a component imports.
#[test]
fn a_version_that_comes_or_goes_is_told() {
    let text = |version: &str| {
        format!("package p:q{version};\ninterface i {{ f: func(); }}\nworld w {{ import i; }}\n")
    };
    let (none, one) = (text(""), text("@1.0.0"));
    let wit = |text: &str| Wit::from_text([("a.wit", text)]).unwrap();
    use ChangeKind::{DependencyVersion, VersionAdded, VersionRemoved};
    for (old, new, kind) in [
        (component(&none), wit(&one), VersionAdded),
        (wit(&one), component(&none), VersionRemoved),
        (component(&none), component(&one), VersionAdded),
        (component(&one), wit(&text("@1.1.0")), DependencyVersion),
        (
            component(&one),
            component(&text("@2.0.0")),
            DependencyVersion,
        ),
        (wit(&none), wit(&one), VersionAdded),
    ] {
        let found = diff(&old, &new, Context::default());
        let package = found.packages.first().unwrap();
        assert_eq!(package.name, "p:q");
        let kinds: Vec<_> = package.changes.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [kind]);
        let breaks = package.changes[0].effect.importers == SemverClass::Major;
        assert_eq!(breaks, package.new_version.as_deref() != Some("1.1.0"));
        assert!(!found.is_red(), "{found:#?}");
        assert_eq!(found.oracle_disputes, []);
    }
    let same = diff(&component(&none), &wit(&none), Context::default());
    assert!(same.is_empty());
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
    std::fs::create_dir_all(folder.path().join("text")).unwrap();
    std::fs::write(folder.path().join("text/a.md"), "a\n").unwrap();
    git(&["add", "."]);
    git(&["commit", "-qm", "three"]);
    let (committed, on_disk) = (load("HEAD:wit/r").unwrap(), load("wit/r").unwrap());
    assert!(diff(&committed, &on_disk, Context::default()).is_empty());
    assert!(load("HEAD:wit/r/r.wit").is_err_and(|error| error.to_string().contains("p:q")));
    for (name, words) in [
        ("HEAD:nowhere", "nowhere does not exist in HEAD"),
        ("HEAD:text", "holds no wit files"),
        ("HEAD~9", "neither a file"),
        ("HEAD:wit/p/p.wit/x", "wit/p/p.wit/x does not exist in HEAD"),
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
