//! What there is to write about: packages, worlds, interfaces, types, functions, each
//! with its doc comment, its gate and its declaration, in the order of the files.

use wit_parser::{
    Docs, Function, InterfaceId, Resolve, Span, Stability, Type, TypeDef, TypeDefKind, TypeOwner,
};

use super::declaration::{Extent, declaration};
use crate::Source;
use crate::load::{LoadError, Wit};

/// A package.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) version: String,
    /// The whole name: `cloud:types@0.1.0`.
    pub(super) qualified: String,
    pub(super) docs: String,
    pub(super) worlds: Vec<Item>,
    pub(super) interfaces: Vec<Interface>,
}

/// An interface.
#[derive(Debug, Clone)]
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) gate: Gate,
    pub(super) docs: String,
    /// The file, from the root of the specification.
    pub(super) file: String,
    /// What it takes over from others: `cloud:types/errors.error`.
    pub(super) uses: Vec<String>,
    pub(super) types: Vec<Item>,
    pub(super) functions: Vec<Item>,
}

/// A world, type or function.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// What it is, in a word.
    pub(super) kind: &'static str,
    /// Its name, for a function of a resource with that.
    pub(super) name: String,
    pub(super) gate: Gate,
    pub(super) declaration: String,
    pub(super) docs: String,
    /// Its fields or cases with their doc comments, those that have one.
    pub(super) parts: Vec<(String, String)>,
    /// Where it stands, to sort by.
    place: (String, usize),
}

/// The gate of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gate {
    /// None.
    Missing,
    /// Part of the package since a version; perhaps on its way out since another.
    Since(String, Option<String>),
    /// Behind a name that has to be enabled.
    Unstable(String),
}

impl Gate {
    fn of(stability: &Stability) -> Self {
        match stability {
            Stability::Unknown => Self::Missing,
            Stability::Stable { since, deprecated } => Self::Since(
                since.to_string(),
                deprecated.as_ref().map(ToString::to_string),
            ),
            Stability::Unstable { feature, .. } => Self::Unstable(feature.clone()),
        }
    }

    /// The gate as a sentence; none if there is no gate.
    pub(super) fn sentence(&self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Since(since, None) => Some(format!("Since {since}.")),
            Self::Since(since, Some(version)) => {
                Some(format!("Since {since}, deprecated since {version}."))
            }
            Self::Unstable(feature) => Some(format!("**Unstable**, behind `{feature}`.")),
        }
    }
}

/// The packages of the specification, by name; those that it only depends on are left
/// out.
pub(super) fn packages(sources: &[Source]) -> Result<Vec<Package>, LoadError> {
    let files = sources.iter().map(|s| (s.path.as_str(), s.text.as_str()));
    let wit = Wit::from_text(files)?;
    let walk = Walk {
        resolve: &wit.resolve,
        sources,
    };
    let mut found: Vec<Package> = wit.packages.iter().map(|&id| walk.package(id)).collect();
    found.sort_by(|a, b| a.qualified.cmp(&b.qualified));
    Ok(found)
}

struct Walk<'a> {
    resolve: &'a Resolve,
    sources: &'a [Source],
}

impl Walk<'_> {
    fn package(&self, id: wit_parser::PackageId) -> Package {
        let package = &self.resolve.packages[id];
        let mut worlds: Vec<Item> = package
            .worlds
            .values()
            .map(|&id| {
                let world = &self.resolve.worlds[id];
                let (name, gate) = (world.name.clone(), &world.stability);
                self.item("world", name, gate, &world.docs, world.span, Extent::Whole)
            })
            .collect();
        worlds.sort_by(|a, b| a.place.cmp(&b.place));
        let version = package.name.version.as_ref();
        Package {
            namespace: package.name.namespace.clone(),
            name: package.name.name.clone(),
            version: version.map(ToString::to_string).unwrap_or_default(),
            qualified: package.name.to_string(),
            docs: contents(&package.docs),
            worlds,
            interfaces: package
                .interfaces
                .iter()
                .map(|(name, &id)| self.interface(name, id))
                .collect(),
        }
    }

    fn interface(&self, name: &str, id: InterfaceId) -> Interface {
        let interface = &self.resolve.interfaces[id];
        let mut uses = Vec::new();
        let mut types = Vec::new();
        for (name, &type_id) in &interface.types {
            let definition = &self.resolve.types[type_id];
            match self.used(definition, id) {
                Some(other) => uses.push(other),
                None => types.push(self.type_item(name, definition)),
            }
        }
        let mut functions: Vec<Item> = interface
            .functions
            .values()
            .map(|function| self.function(function))
            .collect();
        types.sort_by(|a, b| a.place.cmp(&b.place));
        functions.sort_by(|a, b| a.place.cmp(&b.place));
        Interface {
            name: name.to_owned(),
            gate: Gate::of(&interface.stability),
            docs: contents(&interface.docs),
            file: self.place(interface.span).0,
            uses,
            types,
            functions,
        }
    }

    /// What a type stands for that was taken over from another interface.
    fn used(&self, definition: &TypeDef, here: InterfaceId) -> Option<String> {
        let TypeDefKind::Type(Type::Id(other)) = definition.kind else {
            return None;
        };
        let other = &self.resolve.types[other];
        let TypeOwner::Interface(owner) = other.owner else {
            return None;
        };
        if owner == here {
            return None;
        }
        let interface = &self.resolve.interfaces[owner];
        let package = &self.resolve.packages[interface.package?].name;
        Some(format!(
            "{}:{}/{}.{}",
            package.namespace,
            package.name,
            interface.name.as_ref()?,
            other.name.as_ref()?
        ))
    }

    fn type_item(&self, name: &str, definition: &TypeDef) -> Item {
        let extent = match definition.kind {
            TypeDefKind::Resource => Extent::Head,
            _ => Extent::Whole,
        };
        let kind = match &definition.kind {
            TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Resource => definition.kind.as_str(),
            _ => "type",
        };
        let mut item = self.item(
            kind,
            name.to_owned(),
            &definition.stability,
            &definition.docs,
            definition.span,
            extent,
        );
        item.parts = parts(&definition.kind);
        item
    }

    fn function(&self, function: &Function) -> Item {
        // `[method]store.get` is the item `store.get`.
        let name = function
            .name
            .rsplit_once(']')
            .map_or(function.name.as_str(), |(_, name)| name);
        let kind = if function.name.starts_with("[constructor]") {
            "constructor"
        } else {
            "function"
        };
        self.item(
            kind,
            name.to_owned(),
            &function.stability,
            &function.docs,
            function.span,
            Extent::Whole,
        )
    }

    fn item(
        &self,
        kind: &'static str,
        name: String,
        stability: &Stability,
        docs: &Docs,
        span: Span,
        extent: Extent,
    ) -> Item {
        let place = self.place(span);
        let source = self.sources.iter().find(|source| source.path == place.0);
        let declaration = source
            .and_then(|source| declaration(&source.text, place.1, extent))
            .unwrap_or_else(|| name.clone());
        Item {
            kind,
            name,
            gate: Gate::of(stability),
            declaration,
            docs: contents(docs),
            parts: Vec::new(),
            place,
        }
    }

    /// The file and the byte that a span begins at.
    fn place(&self, span: Span) -> (String, usize) {
        self.resolve
            .source_map
            .resolve_span(span)
            .map(|place| (place.path.to_owned(), place.range.start))
            .unwrap_or_default()
    }
}

fn contents(docs: &Docs) -> String {
    docs.contents.clone().unwrap_or_default()
}

/// The parts of a type that have a doc comment.
fn parts(kind: &TypeDefKind) -> Vec<(String, String)> {
    let all: Vec<(&String, &Docs)> = match kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            fields.map(|field| (&field.name, &field.docs)).collect()
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter();
            cases.map(|case| (&case.name, &case.docs)).collect()
        }
        TypeDefKind::Enum(cases) => {
            let cases = cases.cases.iter();
            cases.map(|case| (&case.name, &case.docs)).collect()
        }
        TypeDefKind::Flags(flags) => {
            let flags = flags.flags.iter();
            flags.map(|flag| (&flag.name, &flag.docs)).collect()
        }
        _ => Vec::new(),
    };
    all.into_iter()
        .filter(|(_, docs)| docs.contents.is_some())
        .map(|(name, docs)| (name.clone(), contents(docs)))
        .collect()
}
