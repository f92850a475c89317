//! Names: their spelling, whether one word means one thing, and where files lie.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Place, Problem, Rule};
use crate::Catalog;
use crate::wit::{File, ItemKind, Named, Scope};

/// What is wrong with names.
pub(crate) fn names(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in own(catalog) {
        let name = catalog.texts.wit_file(&file.path);
        for package in &file.outline.packages {
            let named = Named {
                text: package.name.clone(),
                at: package.at.clone(),
            };
            case("package", &named, &name, &mut problems);
        }
        for item in &file.outline.items {
            match item.kind {
                ItemKind::Use | ItemKind::Include | ItemKind::Import | ItemKind::Export => {}
                kind => case(kind.word(), &item.name, &name, &mut problems),
            }
            for parameter in &item.parameters {
                case("parameter", parameter, &name, &mut problems);
            }
        }
    }
    reused(catalog, &mut problems);
    synonyms(catalog, &mut problems);
    problems
}

/// The files of the specification itself.
fn own(catalog: &Catalog) -> impl Iterator<Item = &File> {
    catalog.files.iter().filter(|file| !file.is_dependency)
}

/// The parser sees to the hyphens; it takes words in capitals as well.
fn case(what: &str, name: &Named, file: &str, problems: &mut Vec<Problem>) {
    if !name.text.contains(|c: char| c.is_ascii_uppercase()) {
        return;
    }
    let message = format!("the {what} {} has capital letters", name.text);
    let place = Place::of(file, name.at.clone());
    problems.push(
        Problem::new(Rule::NameCase, place, message)
            .helped(format!("call it {}", name.text.to_ascii_lowercase())),
    );
}

/// Types of one name in several interfaces.
fn reused(catalog: &Catalog, problems: &mut Vec<Problem>) {
    let mut seen: HashMap<&str, String> = HashMap::new();
    for file in own(catalog) {
        for item in &file.outline.items {
            let Scope::Interface(interface) = &item.scope else {
                continue;
            };
            if item.kind != ItemKind::Type {
                continue;
            }
            let package = file.packages.get(item.package).map_or("", String::as_str);
            let package = package.split('@').next().unwrap_or_default();
            let owner = format!("{package}/{interface}");
            match seen.get(item.name.text.as_str()) {
                Some(other) if *other != owner => {
                    let message = format!("{other} declares a type {}, too", item.name.text);
                    let name = catalog.texts.wit_file(&file.path);
                    let place = Place::of(name, item.name.at.clone());
                    problems.push(
                        Problem::new(Rule::NameReused, place, message)
                            .helped("use that one, or find a name that tells them apart"),
                    );
                }
                Some(_) => {}
                None => {
                    seen.insert(&item.name.text, owner);
                }
            }
        }
    }
}

/// Words that mean the same in the name of a function. None is in two rows.
const SYNONYMS: [&[&str]; 6] = [
    &["delete", "remove", "erase", "destroy"],
    &["get", "fetch", "retrieve", "lookup"],
    &["list", "enumerate", "scan"],
    &["create", "make", "new"],
    &["exists", "contains"],
    &["subscribe", "listen"],
];

/// The functions whose names have a word, each with its place.
type ByWord<'a> = BTreeMap<&'static str, Vec<(Place, &'a str)>>;

/// Functions that say with another word what more functions say with one.
fn synonyms(catalog: &Catalog, problems: &mut Vec<Problem>) {
    // For each row, the functions by their word.
    let mut used: BTreeMap<usize, ByWord<'_>> = BTreeMap::new();
    for file in own(catalog) {
        let name = catalog.texts.wit_file(&file.path);
        for item in &file.outline.items {
            if item.kind != ItemKind::Function {
                continue;
            }
            let words: BTreeSet<&str> = item.name.text.split('-').collect();
            for (row, synonyms) in SYNONYMS.iter().enumerate() {
                for word in synonyms.iter().filter(|word| words.contains(*word)) {
                    let place = Place::of(name.clone(), item.name.at.clone());
                    let functions = used.entry(row).or_default().entry(word).or_default();
                    functions.push((place, &item.name.text));
                }
            }
        }
    }
    for by_word in used.into_values() {
        let most = by_word.iter().max_by_key(|(_, functions)| functions.len());
        let Some((usual, _)) = most.map(|(word, functions)| (*word, functions)) else {
            continue;
        };
        for (word, functions) in by_word {
            if word == usual {
                continue;
            }
            for (place, function) in functions {
                let message = format!("{function} says {word} where others say {usual}");
                problems.push(
                    Problem::new(Rule::NameSynonym, place, message)
                        .helped(format!("call it {}", function.replace(word, usual))),
                );
            }
        }
    }
}

/// Where packages, interfaces and worlds lie. It holds for a repository that is
/// laid out as this one.
pub(crate) fn layout(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in own(catalog) {
        let name = catalog.texts.wit_file(&file.path);
        let (folder, last) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let stem = last.strip_suffix(".wit").unwrap_or(last);
        let mut found = |at, message: String, help: String| {
            let place = Place::of(name.clone(), at);
            problems.push(Problem::new(Rule::Layout, place, message).helped(help));
        };
        for package in &file.outline.packages {
            let (_, short) = package.name.rsplit_once(':').unwrap_or_default();
            if !short.is_empty() && folder != short {
                let message = format!("{} does not lie in wit/{short}/", package.name);
                found(
                    package.at.clone(),
                    message,
                    format!("move it to wit/{short}/{last}"),
                );
            }
        }
        for item in &file.outline.items {
            let expected = match item.kind {
                ItemKind::Interface => item.name.text.as_str(),
                ItemKind::World => "package",
                _ => continue,
            };
            if stem != expected {
                let message = format!(
                    "the {} {} does not stand in {expected}.wit",
                    item.kind.word(),
                    item.name.text
                );
                found(
                    item.name.at.clone(),
                    message,
                    format!("move it to {expected}.wit"),
                );
            }
        }
    }
    problems
}
