//! Reading WIT: which packages, interfaces and items there are, and the doc
//! comment of each. What the comments say is for `clauses` to find out.

use std::collections::BTreeMap;

use conformance_model::PackageInfo;
use wit_parser::{Docs, Resolve, SourceMap, Span, Stability, TypeDefKind, TypeId};

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
    pub(crate) docs: String,
    /// The declaration, for items that fit on a line or two.
    pub(crate) signature: Option<String>,
}

/// Everything that the parser sees.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parsed {
    pub(crate) packages: Vec<PackageInfo>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) documented: Vec<Documented>,
    /// The doc comments of the packages, by package without its version.
    pub(crate) package_docs: BTreeMap<String, String>,
}

/// Reads the packages. The files of one folder make one package.
pub(crate) fn parse(sources: &[Source]) -> Result<Parsed, SpecError> {
    // The parser panics on some damaged files (one is an item with two @since).
    // It works on values of this call alone, so nothing is left half done.
    std::panic::catch_unwind(|| parse_or_panic(sources)).unwrap_or_else(|_| {
        Err(SpecError::Wit(
            "the wit parser cannot cope with these files; a doubled attribute is a likely cause"
                .to_owned(),
        ))
    })
}

fn parse_or_panic(sources: &[Source]) -> Result<Parsed, SpecError> {
    let bytes = sources.iter().map(|source| source.text.len() + 1).sum();
    if bytes > LIMIT {
        return Err(SpecError::TooLarge {
            bytes,
            limit: LIMIT,
        });
    }
    let mut folders: BTreeMap<&str, SourceMap> = BTreeMap::new();
    for source in sources {
        let folder = source
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        folders
            .entry(folder)
            .or_default()
            .push_str(&source.path, source.text.as_str());
    }
    let mut groups = Vec::new();
    for map in folders.into_values() {
        let group = map
            .parse()
            .map_err(|(map, error)| SpecError::Wit(error.render(&map)))?;
        groups.push(group);
    }
    let Some(main) = groups.pop() else {
        return Err(SpecError::Empty {
            path: "the specification".to_owned(),
            kind: "wit",
        });
    };
    let mut resolve = Resolve {
        // Unstable interfaces are part of the specification, too.
        all_features: true,
        ..Resolve::default()
    };
    if let Err(error) = resolve.push_groups(main, groups) {
        return Err(SpecError::Wit(error.render(&resolve.source_map)));
    }
    let walk = Walk {
        resolve: &resolve,
        sources,
        parsed: Parsed::default(),
    };
    Ok(walk.all())
}

struct Walk<'a> {
    resolve: &'a Resolve,
    sources: &'a [Source],
    parsed: Parsed,
}

impl<'a> Walk<'a> {
    fn all(mut self) -> Parsed {
        let mut packages: Vec<_> = self.resolve.packages.iter().collect();
        packages.sort_by_key(|(_, package)| package.name.to_string());
        for (_, package) in packages {
            let name = format!("{}:{}", package.name.namespace, package.name.name);
            let qualified = package.name.to_string();
            self.parsed.packages.push(PackageInfo {
                name: name.clone(),
                version: package
                    .name
                    .version
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            });
            if let Some(docs) = &package.docs.contents {
                self.parsed.package_docs.insert(name.clone(), docs.clone());
            }
            let outside = |what: String, docs: &Docs| Documented {
                package: qualified.clone(),
                interface: what,
                in_interface: false,
                item: None,
                unstable: false,
                docs: docs.contents.clone().unwrap_or_default(),
                signature: None,
            };
            let mut found = vec![outside("package".to_owned(), &package.docs)];
            for (world, &id) in &package.worlds {
                let world_docs = &self.resolve.worlds[id].docs;
                found.push(outside(format!("world {world}"), world_docs));
            }
            self.parsed.documented.extend(found);
            for (interface, &id) in &package.interfaces {
                self.interface(&qualified, interface, id);
            }
        }
        self.parsed
    }

    fn interface(&mut self, qualified: &str, name: &str, id: wit_parser::InterfaceId) {
        let interface = &self.resolve.interfaces[id];
        let gate = unstable(&interface.stability);
        let docs = interface.docs.contents.clone().unwrap_or_default();
        self.parsed.interfaces.push(Interface {
            qualified_package: qualified.to_owned(),
            name: name.to_owned(),
            unstable: gate.clone(),
        });
        let place = Documented {
            package: qualified.to_owned(),
            interface: name.to_owned(),
            in_interface: true,
            item: None,
            unstable: gate.is_some(),
            docs,
            signature: None,
        };
        let item = |item: String, stability: &Stability, docs: &Docs| Documented {
            item: Some(item),
            unstable: place.unstable || unstable(stability).is_some(),
            docs: docs.contents.clone().unwrap_or_default(),
            ..place.clone()
        };
        let mut found = Vec::new();
        for (type_name, &id) in &interface.types {
            let definition = &self.resolve.types[id];
            let stability = &definition.stability;
            found.push(item(type_name.clone(), stability, &definition.docs));
            for (part, docs) in self.parts(id) {
                found.push(item(format!("{type_name}.{part}"), stability, docs));
            }
        }
        for (function_name, function) in &interface.functions {
            // `[method]store.get` is the item `store.get`.
            let name = function_name
                .rsplit_once(']')
                .map_or(function_name.as_str(), |(_, name)| name);
            let mut documented = item(name.to_owned(), &function.stability, &function.docs);
            documented.signature = self.declaration(function.span);
            found.push(documented);
        }
        self.parsed.documented.push(place);
        self.parsed.documented.extend(found);
    }

    /// The parts of a type that have a doc comment of their own.
    fn parts(&self, id: TypeId) -> Vec<(&'a str, &'a Docs)> {
        match &self.resolve.types[id].kind {
            TypeDefKind::Record(record) => record
                .fields
                .iter()
                .map(|field| (field.name.as_str(), &field.docs))
                .collect(),
            TypeDefKind::Variant(variant) => variant
                .cases
                .iter()
                .map(|case| (case.name.as_str(), &case.docs))
                .collect(),
            TypeDefKind::Enum(cases) => cases
                .cases
                .iter()
                .map(|case| (case.name.as_str(), &case.docs))
                .collect(),
            TypeDefKind::Flags(flags) => flags
                .flags
                .iter()
                .map(|flag| (flag.name.as_str(), &flag.docs))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The text from the start of the line that a span begins in to the next
    /// semicolon, on one line.
    fn declaration(&self, span: Span) -> Option<String> {
        let place = self.resolve.source_map.resolve_span(span)?;
        let source = self.sources.iter().find(|s| s.path == place.path)?;
        let before = source.text.get(..place.range.start)?;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = source.text.get(start..)?;
        let end = rest.find(';')?;
        let words: Vec<&str> = rest.get(..end)?.split_whitespace().collect();
        Some(words.join(" "))
    }
}

fn unstable(stability: &Stability) -> Option<String> {
    match stability {
        Stability::Unstable { feature, .. } => Some(feature.clone()),
        Stability::Unknown | Stability::Stable { .. } => None,
    }
}
