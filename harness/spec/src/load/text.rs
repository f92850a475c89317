//! From files of text to resolved packages.

use std::collections::{BTreeMap, HashSet};

use wit_parser::{PackageName, Resolve, SourceMap, UnresolvedPackageGroup};

use super::files::{File, is_dependency};
use super::{LIMIT, LoadError, Wit, binary, guarded};

/// Resolves files and, if they lack something, tries again with what lies beside them.
pub(super) fn resolve_beside(
    files: Vec<File>,
    others: impl FnOnce() -> Vec<File>,
    label: &str,
) -> Result<Wit, LoadError> {
    match resolve(files.clone(), label) {
        Err(LoadError::Wit(reason)) => {
            let others = others();
            // What is wrong with them is nobody's question.
            (!others.is_empty())
                .then(|| resolve([files, others].concat(), label).ok())
                .flatten()
                .ok_or(LoadError::Wit(reason))
        }
        done => done,
    }
}

/// Resolves files: those of one folder make one package.
pub(super) fn resolve(files: Vec<File>, label: &str) -> Result<Wit, LoadError> {
    if files.iter().map(|file| file.bytes.len()).sum::<usize>() > LIMIT {
        return Err(LoadError::TooLarge {
            place: label.to_owned(),
            limit: LIMIT,
        });
    }
    guarded(
        || resolve_or_panic(files, label),
        || {
            LoadError::Wit(format!(
                "the wit parser cannot cope with {label}; a doubled attribute is a likely cause"
            ))
        },
    )
}

/// By the package that they say they are of, files: path and text.
type Packages = BTreeMap<Option<String>, Vec<(String, String)>>;

fn resolve_or_panic(files: Vec<File>, label: &str) -> Result<Wit, LoadError> {
    let mut resolve = Resolve {
        // Unstable items are part of the specification, too.
        all_features: true,
        ..Resolve::default()
    };
    // A folder holds one package, except where files in it say that they are of several.
    let mut folders: BTreeMap<String, Packages> = BTreeMap::new();
    for file in files {
        if file.path.ends_with(".wasm") {
            let decoded = binary::decode(&file.bytes, &file.path)?;
            let merged = resolve.merge(decoded.resolve);
            merged.map_err(|error| LoadError::Wit(binary::reasons(&error)))?;
            continue;
        }
        let text = String::from_utf8(file.bytes)
            .map_err(|_| LoadError::Wit(format!("{} is not UTF-8", file.path)))?;
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders
            .entry(format!("{folder}/"))
            .or_default()
            .entry(declared(&text))
            .or_default()
            .push((file.path, text));
    }
    let mut maps = Vec::new();
    for (folder, mut packages) in folders {
        // What names no package belongs to the first of those that its folder has.
        if let Some(unnamed) = packages.remove(&None) {
            match packages.values_mut().next() {
                Some(first) => first.extend(unnamed),
                None => drop(packages.insert(None, unnamed)),
            }
        }
        for mut files in packages.into_values() {
            files.sort();
            let mut map = SourceMap::default();
            for (path, text) in files {
                map.push_str(&path, text);
            }
            maps.push((map, is_dependency(&folder)));
        }
    }
    let mut groups = Vec::new();
    let mut wanted: Vec<PackageName> = Vec::new();
    let mut known: HashSet<PackageName> = HashSet::new();
    let mut dependencies = Vec::new();
    for (map, is_dependency) in maps {
        let group = map
            .parse()
            .map_err(|(map, error)| LoadError::Wit(error.render(&map)))?;
        if is_dependency {
            dependencies.push(group);
        } else {
            wanted.extend(names(&group).cloned());
            known.extend(names(&group).cloned());
            groups.push(group);
        }
    }
    // Copies of one package may lie in several folders, and beside the original.
    for group in dependencies {
        if known.insert(group.main.name.clone()) {
            groups.push(group);
        }
    }
    if wanted.is_empty() {
        return Err(LoadError::Empty(label.to_owned()));
    }
    let Some(main) = groups.pop() else {
        return Err(LoadError::Empty(label.to_owned()));
    };
    if let Err(error) = resolve.push_groups(main, groups) {
        return Err(LoadError::Wit(error.render(&resolve.source_map)));
    }
    let packages = wanted
        .iter()
        .filter_map(|name| resolve.package_names.get(name).copied())
        .collect();
    Ok(Wit {
        label: label.to_owned(),
        resolve,
        packages,
        is_component: false,
        is_text: true,
    })
}

/// The package of a group and those nested in its files.
fn names(group: &UnresolvedPackageGroup) -> impl Iterator<Item = &PackageName> {
    std::iter::once(&group.main)
        .chain(&group.nested)
        .map(|package| &package.name)
}

/// The package that a file says it is of, without parsing the rest of it.
fn declared(text: &str) -> Option<String> {
    let mut rest = text.trim_start();
    loop {
        let comment_end = if rest.starts_with("//") {
            rest.find('\n')
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|at| at + 2)
        } else {
            break;
        };
        rest = rest.get(comment_end?..)?.trim_start();
    }
    let name = rest.strip_prefix("package")?;
    let (name, _) = name.split_once([';', '{'])?;
    let ends = rest.find([';', '{'])?;
    rest.get(ends..)?
        .starts_with(';')
        .then(|| name.split_whitespace().collect())
}
