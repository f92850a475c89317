//! What a package declares, in a form that two states of it can be compared in:
//! by name, without versions, and each type with the number of its structure.
//! It knows nothing of differences.

mod moved;
mod types;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

pub(crate) use moved::{Moved, moved};
pub(crate) use types::Structures;
pub(crate) use walk::{shape, world};

/// The gate of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Gate {
    /// There is none.
    #[default]
    None,
    /// `@since`.
    Since {
        version: Version,
        deprecated: Option<Version>,
    },
    /// `@unstable`.
    Unstable {
        feature: String,
        deprecated: Option<Version>,
    },
}

impl Gate {
    pub(crate) fn is_unstable(&self) -> bool {
        matches!(self, Self::Unstable { .. })
    }

    pub(crate) fn deprecated(&self) -> Option<&Version> {
        match self {
            Self::None => None,
            Self::Since { deprecated, .. } | Self::Unstable { deprecated, .. } => {
                deprecated.as_ref()
            }
        }
    }

    /// As WIT writes it; empty for none.
    pub(crate) fn written(&self) -> String {
        let mut text = match self {
            Self::None => String::new(),
            Self::Since { version, .. } => format!("@since(version = {version})"),
            Self::Unstable { feature, .. } => format!("@unstable(feature = {feature})"),
        };
        if let Some(version) = self.deprecated() {
            text.push_str(&format!(" @deprecated(version = {version})"));
        }
        text
    }
}

/// A type where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeUse {
    /// As WIT writes it.
    pub(crate) written: String,
    /// The number of its structure: the same for the same structure.
    pub(crate) structure: u32,
    /// The named types that it speaks of: `cloud:types/errors.error`.
    pub(crate) names: BTreeSet<String>,
}

/// A parameter, field, case or flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) of: Option<TypeUse>,
    pub(crate) docs: String,
}

impl Part {
    /// As WIT writes it, `between` name and type.
    pub(crate) fn written(&self, form: Form) -> String {
        match (&self.of, form) {
            (None, _) => self.name.clone(),
            (Some(of), Form::Variant) => format!("{}({})", self.name, of.written),
            (Some(of), _) => format!("{}: {}", self.name, of.written),
        }
    }
}

/// What kind of type a definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Record,
    Variant,
    Enum,
    Flags,
    Resource,
    /// Another name for a type.
    Alias,
    /// A type of another interface, brought in by `use`.
    Use,
}

impl Form {
    /// The word of WIT for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Variant => "variant",
            Self::Enum => "enum",
            Self::Flags => "flags",
            Self::Resource => "resource",
            Self::Alias => "type",
            Self::Use => "use",
        }
    }
}

/// A definition of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeShape {
    pub(crate) form: Form,
    /// Fields, cases or flags.
    pub(crate) parts: Vec<Part>,
    /// What an alias or a `use` stands for.
    pub(crate) target: Option<TypeUse>,
    pub(crate) structure: u32,
}

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Free,
    Method,
    Static,
    Constructor,
}

/// A declaration of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionShape {
    pub(crate) call: Call,
    pub(crate) is_async: bool,
    /// Without the handle of a method.
    pub(crate) parameters: Vec<Part>,
    pub(crate) result: Option<TypeUse>,
    /// The number of the structure of all of it.
    pub(crate) structure: u32,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Type(TypeShape),
    Function(FunctionShape),
}

/// An item of an interface, or of a world itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) what: What,
    /// The declaration on one line.
    pub(crate) written: String,
    pub(crate) gate: Gate,
    pub(crate) docs: String,
}

impl Item {
    /// The named types that its own declaration speaks of.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        let (parts, other) = match &self.what {
            What::Type(shape) => (&shape.parts, &shape.target),
            What::Function(shape) => (&shape.parameters, &shape.result),
        };
        let parts = parts.iter().filter_map(|part| part.of.as_ref());
        parts.chain(other).flat_map(|of| &of.names)
    }
}

/// An interface.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) gate: Gate,
    pub(crate) docs: String,
    /// By name: `store`, `store.get`, `open`.
    pub(crate) items: BTreeMap<String, Item>,
}

/// What a world imports or exports under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// An interface of a package: its name without, and its version.
    Interface {
        name: String,
        version: Option<Version>,
        gate: Gate,
    },
    /// An interface that is written down in the world itself.
    Inline(Interface),
    /// A function or a type of the world itself.
    Item(Item),
}

/// A world.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) docs: String,
    pub(crate) imports: BTreeMap<String, Entry>,
    pub(crate) exports: BTreeMap<String, Entry>,
}

/// A package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) version: Option<Version>,
    /// The packages that it uses, with their versions.
    pub(crate) uses: BTreeMap<String, Option<Version>>,
    pub(crate) docs: String,
    pub(crate) interfaces: BTreeMap<String, Interface>,
    pub(crate) worlds: BTreeMap<String, World>,
}

impl Shape {
    /// Whether there is any comment or gate at all.
    fn says_something(&self) -> bool {
        let says = |gate: &Gate, docs: &str| *gate != Gate::None || !docs.is_empty();
        self.interfaces.values().any(|interface| {
            says(&interface.gate, &interface.docs)
                || interface
                    .items
                    .values()
                    .any(|item| says(&item.gate, &item.docs))
        }) || self.packages.values().any(|package| {
            let worlds = package.worlds.values();
            !package.docs.is_empty() || worlds.into_iter().any(|w| says(&w.gate, &w.docs))
        })
    }
}

/// Everything that was loaded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    /// What was asked for, by name without a version.
    pub(crate) packages: BTreeMap<String, Package>,
    /// Every interface there is, those of dependencies too: `wasi:io/streams`.
    pub(crate) interfaces: BTreeMap<String, Interface>,
    /// Whether there are doc comments and gates to compare: a component has none.
    pub(crate) has_docs: bool,
}
