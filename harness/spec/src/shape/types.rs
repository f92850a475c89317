//! Types: as WIT writes them, and as numbers that are equal for equal structures,
//! in both states of a specification, whatever the types are called.

use std::collections::{BTreeSet, HashMap};

use wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

use super::walk::{interface_name, package_name};
use super::{Moved, TypeUse};

/// Gives each structure its number.
#[derive(Debug, Default)]
pub(crate) struct Structures {
    numbers: HashMap<String, u32>,
}

impl Structures {
    /// The number of a structure, whose parts are numbers in turn.
    pub(crate) fn number(&mut self, structure: String) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(structure).or_insert(next)
    }
}

/// The types of one state.
pub(super) struct Types<'a> {
    pub(super) resolve: &'a Resolve,
    pub(super) structures: &'a mut Structures,
    moved: &'a Moved,
    known: HashMap<TypeId, u32>,
}

impl<'a> Types<'a> {
    pub(super) fn new(
        resolve: &'a Resolve,
        structures: &'a mut Structures,
        moved: &'a Moved,
    ) -> Self {
        let mut types = Self {
            resolve,
            structures,
            moved,
            known: HashMap::new(),
        };
        // Types come after those that they speak of, so that no chain of names,
        // however long, is followed here.
        for (id, _) in resolve.types.iter() {
            types.structure_of(id);
        }
        types
    }

    /// A type where it is used.
    pub(super) fn used(&mut self, of: Type) -> TypeUse {
        let mut names = BTreeSet::new();
        let written = self.written(of, &mut names);
        TypeUse {
            written,
            structure: self.structure(of),
            names,
        }
    }

    pub(super) fn structure(&mut self, of: Type) -> u32 {
        match of {
            Type::Id(id) => self.structure_of(id),
            plain => self.structures.number(plain_word(plain).to_owned()),
        }
    }

    pub(super) fn structure_of(&mut self, id: TypeId) -> u32 {
        if let Some(&number) = self.known.get(&id) {
            return number;
        }
        let number = match self.text(id) {
            Ok(text) => self.structures.number(text),
            Err(same) => same,
        };
        self.known.insert(id, number);
        number
    }

    /// The structure as text; for a name of another type the number of that.
    fn text(&mut self, id: TypeId) -> Result<String, u32> {
        let resolve = self.resolve;
        let definition = &resolve.types[id];
        let optional = |this: &mut Self, of: &Option<Type>| {
            of.map_or_else(|| "_".to_owned(), |of| this.structure(of).to_string())
        };
        Ok(match &definition.kind {
            TypeDefKind::Type(other) => return Err(self.structure(*other)),
            TypeDefKind::Record(record) => {
                let parts = record.fields.iter();
                let parts: Vec<String> = parts
                    .map(|field| format!("{}:{}", field.name, self.structure(field.ty)))
                    .collect();
                format!("record{{{}}}", parts.join(","))
            }
            TypeDefKind::Variant(variant) => {
                let cases: Vec<String> = variant
                    .cases
                    .iter()
                    .map(|case| format!("{}:{}", case.name, optional(self, &case.ty)))
                    .collect();
                format!("variant{{{}}}", cases.join(","))
            }
            TypeDefKind::Enum(cases) => {
                let names: Vec<&str> = cases.cases.iter().map(|case| case.name.as_str()).collect();
                format!("enum{{{}}}", names.join(","))
            }
            TypeDefKind::Flags(flags) => {
                let names: Vec<&str> = flags.flags.iter().map(|flag| flag.name.as_str()).collect();
                format!("flags{{{}}}", names.join(","))
            }
            // A resource is itself, whatever it can do.
            TypeDefKind::Resource => format!("resource {}", self.known_name(id)),
            TypeDefKind::Handle(Handle::Own(of)) => format!("own {}", self.structure_of(*of)),
            TypeDefKind::Handle(Handle::Borrow(of)) => {
                format!("borrow {}", self.structure_of(*of))
            }
            TypeDefKind::Tuple(tuple) => {
                let types = tuple.types.iter();
                let types: Vec<String> = types.map(|&of| self.structure(of).to_string()).collect();
                format!("tuple<{}>", types.join(","))
            }
            TypeDefKind::Option(of) => format!("option<{}>", self.structure(*of)),
            TypeDefKind::Result(result) => {
                let ok = optional(self, &result.ok);
                format!("result<{ok},{}>", optional(self, &result.err))
            }
            TypeDefKind::List(of) => format!("list<{}>", self.structure(*of)),
            TypeDefKind::Map(key, value) => {
                let key = self.structure(*key);
                format!("map<{key},{}>", self.structure(*value))
            }
            TypeDefKind::FixedLengthList(of, length) => {
                format!("list<{},{length}>", self.structure(*of))
            }
            TypeDefKind::Future(of) => format!("future<{}>", optional(self, of)),
            TypeDefKind::Stream(of) => format!("stream<{}>", optional(self, of)),
            TypeDefKind::Unknown => "unknown".to_owned(),
        })
    }

    /// A type as WIT writes it, and the named types in it.
    fn written(&self, of: Type, names: &mut BTreeSet<String>) -> String {
        let Type::Id(id) = of else {
            return plain_word(of).to_owned();
        };
        if let Some(name) = &self.resolve.types[id].name {
            names.insert(self.known_name(self.original(id)));
            return name.clone();
        }
        self.written_kind(id, names)
    }

    /// The same of what stands behind a name.
    pub(super) fn written_kind(&self, id: TypeId, names: &mut BTreeSet<String>) -> String {
        let definition = &self.resolve.types[id];
        let mut inner = |of: &Type| self.written(*of, names);
        let braces = |word: &str, of: Option<String>| {
            of.map_or_else(|| word.to_owned(), |of| format!("{word}<{of}>"))
        };
        match &definition.kind {
            // `own` is not written where a resource is meant.
            TypeDefKind::Handle(Handle::Own(of)) => inner(&Type::Id(*of)),
            TypeDefKind::Handle(Handle::Borrow(of)) => {
                format!("borrow<{}>", inner(&Type::Id(*of)))
            }
            TypeDefKind::Tuple(tuple) => {
                let types: Vec<String> = tuple.types.iter().map(inner).collect();
                format!("tuple<{}>", types.join(", "))
            }
            TypeDefKind::Option(of) => format!("option<{}>", inner(of)),
            TypeDefKind::Result(result) => match (&result.ok, &result.err) {
                (None, None) => "result".to_owned(),
                (Some(ok), None) => format!("result<{}>", inner(ok)),
                (None, Some(err)) => format!("result<_, {}>", inner(err)),
                (Some(ok), Some(err)) => {
                    let ok = inner(ok);
                    format!("result<{ok}, {}>", inner(err))
                }
            },
            TypeDefKind::List(of) => format!("list<{}>", inner(of)),
            TypeDefKind::Map(key, value) => {
                let key = inner(key);
                format!("map<{key}, {}>", inner(value))
            }
            TypeDefKind::FixedLengthList(of, length) => format!("list<{}, {length}>", inner(of)),
            TypeDefKind::Future(of) => braces("future", of.as_ref().map(inner)),
            TypeDefKind::Stream(of) => braces("stream", of.as_ref().map(inner)),
            TypeDefKind::Type(of) => inner(of),
            // These have names.
            kind => kind.as_str().to_owned(),
        }
    }

    /// What a `use` of a `use` leads to in the end.
    pub(super) fn original(&self, mut id: TypeId) -> TypeId {
        while let TypeDefKind::Type(Type::Id(target)) = self.resolve.types[id].kind
            && self.is_use(id)
        {
            id = target;
        }
        id
    }

    /// Whether a definition brings in the type of another interface. A `use` that
    /// renames is one as well; an alias of one's own type is none.
    pub(super) fn is_use(&self, id: TypeId) -> bool {
        let definition = &self.resolve.types[id];
        let TypeDefKind::Type(Type::Id(target)) = definition.kind else {
            return false;
        };
        let target = &self.resolve.types[target];
        target.name.is_some() && target.owner != definition.owner
    }

    /// The name of a named type in both states: a resource that moved keeps its own.
    fn known_name(&self, id: TypeId) -> String {
        let name = self.name(id);
        self.moved.get(&name).cloned().unwrap_or(name)
    }

    /// The name of a named type: `cloud:types/errors.error`.
    pub(super) fn name(&self, id: TypeId) -> String {
        let definition = &self.resolve.types[id];
        let name = definition.name.as_deref().unwrap_or("_");
        match definition.owner {
            TypeOwner::Interface(id) => format!("{}.{name}", interface_name(self.resolve, id)),
            TypeOwner::World(id) => {
                let world = &self.resolve.worlds[id];
                let package = world.package.map(|id| package_name(self.resolve, id));
                format!("{}/{}.{name}", package.unwrap_or_default(), world.name)
            }
            TypeOwner::None => name.to_owned(),
        }
    }
}

fn plain_word(of: Type) -> &'static str {
    match of {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        // Looked up by whoever has the definitions.
        Type::Id(_) => "_",
    }
}
