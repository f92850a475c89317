//! Reading WIT: which packages, interfaces and items there are, and the doc
//! comment of each. What the comments say is for `clauses` to find out.

mod docs;
mod lexer;
mod outline;
mod parser;

use std::collections::BTreeMap;

use conformance_model::PackageInfo;

pub(crate) use docs::Docs;
pub(crate) use outline::{Item, ItemKind, Named, Outline, Package, Scope};
pub(crate) use parser::Fault;

use crate::{Source, SpecError};

/// More than any specification needs, and far less than the parser's offsets
/// can count.
const LIMIT: usize = 64 << 20;

/// An interface of the specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interface {
    /// The package with its version, `cloud:types@0.1.0`.
    pub(crate) qualified_package: String,
    /// Its name: `errors`.
    pub(crate) name: String,
    /// The gate that it is behind, if it is unstable.
    pub(crate) unstable: Option<String>,
}

/// A doc comment and the thing that it stands on.
#[derive(Debug, Clone)]
pub(crate) struct Documented {
    pub(crate) package: String,
    /// The interface; the word `package` or `world NAME` for what stands
    /// outside of all interfaces.
    pub(crate) interface: String,
    pub(crate) in_interface: bool,
    /// The item in the interface: `store.get`.
    pub(crate) item: Option<String>,
    pub(crate) unstable: bool,
    pub(crate) docs: Docs,
    /// The declaration, for items that fit on a line or two.
    pub(crate) signature: Option<String>,
    /// The file, from the root of the WIT.
    pub(crate) file: String,
}

/// A file and what it declares.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// From the root of the WIT.
    pub(crate) path: String,
    pub(crate) outline: Outline,
    /// The packages of the outline, each with its version: `cloud:types@0.1.0`.
    pub(crate) packages: Vec<String>,
    /// Whether it is somebody else's, in a folder `deps`.
    pub(crate) is_dependency: bool,
}

/// Everything that the files declare, those of dependencies left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parsed {
    pub(crate) packages: Vec<PackageInfo>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) documented: Vec<Documented>,
    pub(crate) files: Vec<File>,
}

/// Reads what can be read, and says what the parser refuses. The files of one folder
/// make one package.
pub(crate) fn read(sources: &[Source]) -> Result<(Parsed, Vec<Fault>), SpecError> {
    let bytes: usize = sources.iter().map(|source| source.text.len() + 1).sum();
    if bytes > LIMIT {
        return Err(SpecError::TooLarge {
            bytes,
            limit: LIMIT,
        });
    }
    if sources.is_empty() {
        return Err(SpecError::Empty {
            path: "the specification".to_owned(),
            kind: "wit",
        });
    }
    let mut files: Vec<File> = sources.iter().map(file).collect();
    name_packages(&mut files);
    let mut folders: BTreeMap<String, parser::Folder<'_>> = BTreeMap::new();
    for (source, file) in sources.iter().zip(&files) {
        let folder = folders.entry(folder(&source.path)).or_default();
        folder.push((source, &file.outline));
    }
    let faults = parser::faults(&folders);
    let mut parsed = Parsed::default();
    for (source, file) in sources.iter().zip(&files) {
        if !file.is_dependency {
            parsed.add(source, file);
        }
    }
    parsed
        .packages
        .sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    parsed.packages.dedup();
    parsed.files = files;
    Ok((parsed, faults))
}

fn file(source: &Source) -> File {
    File {
        path: source.path.clone(),
        outline: outline::outline(&source.text),
        packages: Vec::new(),
        is_dependency: source
            .path
            .split('/')
            .rev()
            .skip(1)
            .any(|part| part == "deps"),
    }
}

/// What the files of one package have in common. A file in `deps` itself is a
/// package of its own.
fn folder(path: &str) -> String {
    let (folder, _) = path.rsplit_once('/').unwrap_or_default();
    if folder == "deps" || folder.ends_with("/deps") {
        path.to_owned()
    } else {
        folder.to_owned()
    }
}

/// One file of a package is enough to name it.
fn name_packages(files: &mut [File]) {
    let qualified = |package: &Package| match &package.version {
        Some(version) => format!("{}@{version}", package.name),
        None => package.name.clone(),
    };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for file in files.iter() {
        if let Some(own) = file.outline.packages.first()
            && !own.name.is_empty()
        {
            names
                .entry(folder(&file.path))
                .or_insert_with(|| qualified(own));
        }
    }
    for file in files {
        let own = names.get(&folder(&file.path)).cloned().unwrap_or_default();
        let nested = file.outline.packages.iter().skip(1).map(qualified);
        file.packages = std::iter::once(own).chain(nested).collect();
    }
}

impl Parsed {
    fn add(&mut self, source: &Source, file: &File) {
        for (package, qualified) in file.outline.packages.iter().zip(&file.packages) {
            let (name, version) = qualified.split_once('@').unwrap_or((qualified, ""));
            if name.is_empty() {
                continue;
            }
            self.packages.push(PackageInfo {
                name: name.to_owned(),
                version: version.to_owned(),
            });
            if !package.docs.text.is_empty() {
                self.documented.push(Documented {
                    package: qualified.clone(),
                    interface: "package".to_owned(),
                    in_interface: false,
                    item: None,
                    unstable: false,
                    docs: package.docs.clone(),
                    signature: None,
                    file: file.path.clone(),
                });
            }
        }
        for item in &file.outline.items {
            let qualified = file.packages.get(item.package).cloned().unwrap_or_default();
            if item.kind == ItemKind::Interface {
                let gate = item.gates.iter().find(|gate| gate.name == "unstable");
                self.interfaces.push(Interface {
                    qualified_package: qualified.clone(),
                    name: item.name.text.clone(),
                    unstable: gate.map(|gate| gate.value.text.clone()),
                });
            }
            let (interface, in_interface) = match &item.scope {
                Scope::Interface(name) => (name.clone(), true),
                Scope::World(name) => (format!("world {name}"), false),
                Scope::Package => continue,
            };
            if matches!(item.kind, ItemKind::Use | ItemKind::Include) {
                continue;
            }
            self.documented.push(Documented {
                package: qualified,
                interface,
                in_interface,
                item: (!item.path.is_empty()).then(|| item.path.clone()),
                unstable: item.unstable,
                docs: item.docs.clone(),
                signature: (item.kind == ItemKind::Function).then(|| signature(source, item)),
                file: file.path.clone(),
            });
        }
    }
}

/// The text of a declaration, on one line.
fn signature(source: &Source, item: &Item) -> String {
    let text = source
        .text
        .get(item.declaration.clone())
        .unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A fault as text, for those who stop at it.
pub(crate) fn told(fault: &Fault, sources: &[Source]) -> String {
    let Fault { file, message, .. } = fault;
    let source = sources.iter().find(|source| source.path == *file);
    match (source, &fault.at) {
        (Some(source), Some(at)) => {
            let before = source.text.get(..at.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
            format!("{file}:{line}:{column}: {message}")
        }
        _ => format!("{file}: {message}"),
    }
}

#[cfg(test)]
mod tests;
