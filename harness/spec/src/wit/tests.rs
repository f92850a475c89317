//! The outline and the parser read the same.

use std::collections::BTreeMap;

use wit_parser::{Docs, Resolve, SourceMap, Stability, TypeDefKind, WorldItem, WorldKey};

use super::*;
use crate::Sources;

/// The gate of an item and its doc comment, by its name.
type Facts = BTreeMap<String, (String, String)>;

fn gate(stability: &Stability) -> String {
    match stability {
        Stability::Unknown => String::new(),
        Stability::Stable { since, .. } => format!("since {since}"),
        Stability::Unstable { feature, .. } => format!("unstable {feature}"),
    }
}

fn by_parser(sources: &[Source]) -> Option<Facts> {
    let mut folders: BTreeMap<String, SourceMap> = BTreeMap::new();
    for source in sources {
        let map = folders.entry(folder(&source.path)).or_default();
        map.push_str(&source.path, &source.text);
    }
    let mut groups = Vec::new();
    for map in folders.into_values() {
        groups.push(map.parse().ok()?);
    }
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let main = groups.pop()?;
    resolve.push_groups(main, groups).ok()?;
    let mut facts = Facts::new();
    let mut add = |name: String, stability: &Stability, docs: &Docs| {
        let docs = docs.contents.clone().unwrap_or_default();
        facts.insert(name, (gate(stability), docs));
    };
    for (_, package) in &resolve.packages {
        for (name, &id) in &package.interfaces {
            let interface = &resolve.interfaces[id];
            let name = format!("{}/{name}", package.name);
            add(name.clone(), &interface.stability, &interface.docs);
            for (type_name, &id) in &interface.types {
                let definition = &resolve.types[id];
                let is_use = matches!(definition.kind, TypeDefKind::Type(wit_parser::Type::Id(other))
                    if resolve.types[other].owner != definition.owner);
                if !is_use {
                    let name = format!("{name}.{type_name}");
                    add(name, &definition.stability, &definition.docs);
                }
            }
            for (function_name, function) in &interface.functions {
                let last = function_name
                    .rsplit_once(']')
                    .map_or(function_name.as_str(), |(_, last)| last);
                let last = match function_name.starts_with("[constructor]") {
                    true => format!("{last}.constructor"),
                    false => last.to_owned(),
                };
                let name = format!("{name}.{last}");
                add(name, &function.stability, &function.docs);
            }
        }
        for (name, &id) in &package.worlds {
            let world = &resolve.worlds[id];
            let name = format!("{}/{name}", package.name);
            add(name.clone(), &world.stability, &world.docs);
            for (key, item) in world.imports.iter().chain(&world.exports) {
                if let (WorldKey::Name(key), WorldItem::Function(function)) = (key, item) {
                    let name = format!("{name}.{key}");
                    add(name, &function.stability, &function.docs);
                }
            }
        }
    }
    Some(facts)
}

fn by_outline(sources: &[Source]) -> Facts {
    let mut files: Vec<File> = sources.iter().map(file).collect();
    name_packages(&mut files);
    let mut facts = Facts::new();
    for file in files {
        for item in &file.outline.items {
            let is_declared = matches!(
                item.kind,
                ItemKind::Interface | ItemKind::World | ItemKind::Function | ItemKind::Type
            );
            if !is_declared {
                continue;
            }
            let (Scope::Interface(scope) | Scope::World(scope)) = &item.scope else {
                continue;
            };
            let mut name = format!("{}/{scope}", file.packages[item.package]);
            if !item.path.is_empty() {
                name = format!("{name}.{}", item.path);
            }
            let gate = item.stability().next().map_or(String::new(), |gate| {
                format!("{} {}", gate.name, gate.value.text)
            });
            facts.insert(name, (gate, item.docs.text.clone()));
        }
    }
    facts
}

#[test]
fn the_outline_and_the_parser_agree() {
    let sources = Sources::embedded().wit;
    let parsed = by_parser(&sources).unwrap();
    assert!(parsed.len() > 40);
    for (name, facts) in &parsed {
        assert_eq!(by_outline(&sources).get(name), Some(facts), "{name}");
    }
    assert_eq!(by_outline(&sources).len(), parsed.len());
}
