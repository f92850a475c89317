//! From what the parser resolved to shapes.

use std::collections::BTreeMap;

use wit_parser::{
    Docs, Function, FunctionKind, InterfaceId, PackageId, Resolve, Stability, Type, TypeDefKind,
    TypeId, WorldId, WorldItem, WorldKey,
};

use super::types::Types;
use super::{
    Call, Entry, Form, FunctionShape, Gate, Interface, Item, Moved, Package, Part, Shape,
    Structures, TypeShape, What, World,
};
use crate::load::Wit;

/// The name of a package without its version: `cloud:types`.
pub(crate) fn package_name(resolve: &Resolve, id: PackageId) -> String {
    let name = &resolve.packages[id].name;
    format!("{}:{}", name.namespace, name.name)
}

/// The name of an interface without a version: `cloud:types/errors`; `_` for one
/// that is written down in a world.
pub(crate) fn interface_name(resolve: &Resolve, id: InterfaceId) -> String {
    let interface = &resolve.interfaces[id];
    let package = interface.package.map(|id| package_name(resolve, id));
    let name = interface.name.as_deref().unwrap_or("_");
    format!("{}/{name}", package.unwrap_or_default())
}

/// The shape of what was loaded, to be compared with `other`. Of two versions of one
/// package the one that `other` has, or else the first, has the name alone. What moved
/// goes by the name that it has in `other`.
pub(crate) fn shape(wit: &Wit, other: &Wit, structures: &mut Structures, moved: &Moved) -> Shape {
    let mut walk = Walk::new(&wit.resolve, structures, moved);
    let mut shape = Shape::default();
    let has = |id: PackageId| {
        let name = &wit.resolve.packages[id].name;
        let mut others = other.packages.iter();
        others.any(|&id| other.resolve.packages[id].name == *name)
    };
    let version = |id: PackageId| wit.resolve.packages[id].name.version.clone();
    let mut packages = wit.packages.clone();
    packages.sort_by_key(|&id| (!has(id), version(id)));
    let rank = |id: Option<PackageId>| packages.iter().position(|&known| Some(known) == id);
    let mut ranks: BTreeMap<String, usize> = BTreeMap::new();
    for (id, interface) in wit.resolve.interfaces.iter() {
        if interface.name.is_some() {
            let name = interface_name(&wit.resolve, id);
            let rank = rank(interface.package).unwrap_or(usize::MAX);
            if ranks.get(&name).is_none_or(|&before| rank < before) {
                ranks.insert(name.clone(), rank);
                shape.interfaces.insert(name, walk.interface(id));
            }
        }
    }
    for &id in &packages {
        let package = walk.package(id);
        let name = package_name(&wit.resolve, id);
        // Two versions of one package stand side by side.
        let name = match (shape.packages.contains_key(&name), &package.version) {
            (true, Some(version)) => format!("{name}@{version}"),
            _ => name,
        };
        shape.packages.insert(name, package);
    }
    shape.has_docs = wit.is_text || shape.says_something();
    shape
}

/// The shape of one world.
pub(crate) fn world(
    resolve: &Resolve,
    id: WorldId,
    structures: &mut Structures,
    moved: &Moved,
) -> World {
    Walk::new(resolve, structures, moved).world(id)
}

struct Walk<'a> {
    types: Types<'a>,
    resolve: &'a Resolve,
}

impl<'a> Walk<'a> {
    fn new(resolve: &'a Resolve, structures: &'a mut Structures, moved: &'a Moved) -> Self {
        Self {
            types: Types::new(resolve, structures, moved),
            resolve,
        }
    }

    fn package(&mut self, id: PackageId) -> Package {
        let package = &self.resolve.packages[id];
        let interfaces = package.interfaces.iter();
        let interfaces = interfaces
            .map(|(name, &id)| (name.clone(), self.interface(id)))
            .collect();
        let used = self.resolve.package_direct_deps(id).map(|id| {
            let version = self.resolve.packages[id].name.version.clone();
            (package_name(self.resolve, id), version)
        });
        let uses = used.collect();
        let worlds = package.worlds.iter();
        let worlds = worlds
            .map(|(name, &id)| (name.clone(), self.world(id)))
            .collect();
        Package {
            version: package.name.version.clone(),
            uses,
            docs: text(&package.docs),
            interfaces,
            worlds,
        }
    }

    fn world(&mut self, id: WorldId) -> World {
        let world = &self.resolve.worlds[id];
        World {
            gate: gate(&world.stability),
            docs: text(&world.docs),
            imports: self.entries(&world.imports),
            exports: self.entries(&world.exports),
        }
    }

    fn entries<'b>(
        &mut self,
        entries: impl IntoIterator<Item = (&'b WorldKey, &'b WorldItem)>,
    ) -> BTreeMap<String, Entry> {
        let mut found = BTreeMap::new();
        for (key, item) in entries {
            let mut name = match key {
                WorldKey::Name(name) => name.clone(),
                WorldKey::Interface(id) => interface_name(self.resolve, *id),
            };
            let entry = match item {
                WorldItem::Interface { id, stability, .. } => {
                    let interface = &self.resolve.interfaces[*id];
                    if interface.name.is_some() {
                        let package = interface.package.map(|id| &self.resolve.packages[id]);
                        Entry::Interface {
                            name: interface_name(self.resolve, *id),
                            version: package.and_then(|package| package.name.version.clone()),
                            gate: gate(stability),
                        }
                    } else {
                        Entry::Inline(self.interface(*id))
                    }
                }
                WorldItem::Function(function) => Entry::Item(self.function(&name, function)),
                WorldItem::Type { id, .. } => Entry::Item(self.definition(&name, *id)),
            };
            // A world may import two versions of one interface.
            if let (true, Entry::Interface { version, .. }) = (found.contains_key(&name), &entry) {
                let version = version.as_ref().map(ToString::to_string);
                name = format!("{name}@{}", version.unwrap_or_default());
            }
            found.insert(name, entry);
        }
        found
    }

    fn interface(&mut self, id: InterfaceId) -> Interface {
        let interface = &self.resolve.interfaces[id];
        let mut items = BTreeMap::new();
        for (name, &id) in &interface.types {
            items.insert(name.clone(), self.definition(name, id));
        }
        for (name, function) in &interface.functions {
            let name = item_name(name);
            let item = self.function(&name, function);
            items.insert(name, item);
        }
        Interface {
            gate: gate(&interface.stability),
            docs: text(&interface.docs),
            items,
        }
    }

    fn definition(&mut self, name: &str, id: TypeId) -> Item {
        let definition = &self.resolve.types[id];
        let mut target = None;
        let part = |name: &String, of, docs: &Docs| Part {
            name: name.clone(),
            of,
            docs: text(docs),
        };
        let (form, parts) = match &definition.kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                let fields = fields.map(|f| part(&f.name, Some(self.types.used(f.ty)), &f.docs));
                (Form::Record, fields.collect())
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter().map(|case| {
                    let of = case.ty.map(|of| self.types.used(of));
                    part(&case.name, of, &case.docs)
                });
                (Form::Variant, cases.collect())
            }
            TypeDefKind::Enum(cases) => {
                let cases = cases.cases.iter();
                (
                    Form::Enum,
                    cases
                        .map(|case| part(&case.name, None, &case.docs))
                        .collect(),
                )
            }
            TypeDefKind::Flags(flags) => {
                let flags = flags.flags.iter();
                (
                    Form::Flags,
                    flags
                        .map(|flag| part(&flag.name, None, &flag.docs))
                        .collect(),
                )
            }
            TypeDefKind::Resource => (Form::Resource, Vec::new()),
            TypeDefKind::Type(Type::Id(other)) if self.types.is_use(id) => {
                let mut used = self.types.used(Type::Id(*other));
                used.written = self.types.name(*other);
                target = Some(used);
                (Form::Use, Vec::new())
            }
            TypeDefKind::Type(other) => {
                target = Some(self.types.used(*other));
                (Form::Alias, Vec::new())
            }
            // An alias of an unnamed type, such as `type value = list<u8>`.
            _ => {
                target = Some(self.unnamed(id));
                (Form::Alias, Vec::new())
            }
        };
        let shape = TypeShape {
            form,
            parts,
            target,
            structure: self.types.structure_of(id),
        };
        Item {
            written: written_type(name, &shape),
            what: What::Type(shape),
            gate: gate(&definition.stability),
            docs: text(&definition.docs),
        }
    }

    /// What stands behind the name of an alias.
    fn unnamed(&mut self, id: TypeId) -> super::TypeUse {
        let mut names = std::collections::BTreeSet::new();
        super::TypeUse {
            written: self.types.written_kind(id, &mut names),
            structure: self.types.structure_of(id),
            names,
        }
    }

    fn function(&mut self, name: &str, function: &Function) -> Item {
        let (call, is_async) = match function.kind {
            FunctionKind::Freestanding => (Call::Free, false),
            FunctionKind::AsyncFreestanding => (Call::Free, true),
            FunctionKind::Method(_) => (Call::Method, false),
            FunctionKind::AsyncMethod(_) => (Call::Method, true),
            FunctionKind::Static(_) => (Call::Static, false),
            FunctionKind::AsyncStatic(_) => (Call::Static, true),
            FunctionKind::Constructor(_) => (Call::Constructor, false),
        };
        // The handle of a method is not written.
        let hidden = usize::from(call == Call::Method);
        let parameters: Vec<Part> = function
            .params
            .iter()
            .skip(hidden)
            .map(|parameter| Part {
                name: parameter.name.clone(),
                of: Some(self.types.used(parameter.ty)),
                docs: String::new(),
            })
            .collect();
        let result = function.result.map(|of| self.types.used(of));
        let numbers: Vec<String> = parameters
            .iter()
            .filter_map(|part| Some(format!("{}:{}", part.name, part.of.as_ref()?.structure)))
            .collect();
        let structure = self.types.structures.number(format!(
            "func {call:?} {is_async} ({}) {:?}",
            numbers.join(","),
            result.as_ref().map(|of| of.structure)
        ));
        let shape = FunctionShape {
            call,
            is_async,
            parameters,
            result,
            structure,
        };
        Item {
            written: written_function(name, &shape),
            what: What::Function(shape),
            gate: gate(&function.stability),
            docs: text(&function.docs),
        }
    }
}

/// `[method]store.get` is `store.get`; the constructor of `store` is
/// `store.constructor`, because `store` is the type.
fn item_name(name: &str) -> String {
    match name.rsplit_once(']') {
        Some(("[constructor", resource)) => format!("{resource}.constructor"),
        Some((_, name)) => name.to_owned(),
        None => name.to_owned(),
    }
}

fn written_type(name: &str, shape: &TypeShape) -> String {
    let word = shape.form.word();
    match (&shape.target, shape.form) {
        (Some(target), Form::Use) => format!("use {} as {name}", target.written),
        (Some(target), _) => format!("type {name} = {}", target.written),
        (None, Form::Resource) => format!("resource {name}"),
        (None, form) => {
            let parts: Vec<String> = shape.parts.iter().map(|part| part.written(form)).collect();
            format!("{word} {name} {{ {} }}", parts.join(", "))
        }
    }
}

fn written_function(name: &str, shape: &FunctionShape) -> String {
    let parameters: Vec<String> = shape
        .parameters
        .iter()
        .map(|part| part.written(Form::Record))
        .collect();
    let parameters = parameters.join(", ");
    let name = name.rsplit_once('.').map_or(name, |(_, name)| name);
    let before = match (shape.call, shape.is_async) {
        (Call::Constructor, _) => return format!("constructor({parameters})"),
        (Call::Static, false) => "static func",
        (Call::Static, true) => "static async func",
        (_, false) => "func",
        (_, true) => "async func",
    };
    let result = shape.result.as_ref();
    let result = result.map_or_else(String::new, |of| format!(" -> {}", of.written));
    format!("{name}: {before}({parameters}){result}")
}

fn gate(stability: &Stability) -> Gate {
    match stability {
        Stability::Unknown => Gate::None,
        Stability::Stable { since, deprecated } => Gate::Since {
            version: since.clone(),
            deprecated: deprecated.clone(),
        },
        Stability::Unstable {
            feature,
            deprecated,
        } => Gate::Unstable {
            feature: feature.clone(),
            deprecated: deprecated.clone(),
        },
    }
}

fn text(docs: &Docs) -> String {
    docs.contents.clone().unwrap_or_default()
}
