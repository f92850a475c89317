//! The declarations of a WIT file with their doc comments, gates and places.
//!
//! The parser keeps none of the places, and it stops at the first fault. This reads
//! on behind one: what is wrong with the clauses of a file can be said although its
//! author is not done with the types. It judges nothing.

mod cursor;
mod gated;
mod reader;

use std::ops::Range;

pub(crate) use reader::outline;

pub(crate) use super::docs::Docs;

/// A name and where it stands, without a `%`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) text: String,
    pub(crate) at: Range<usize>,
}

/// What a declaration declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Interface,
    World,
    Function,
    Type,
    /// A field, a case or a flag of a type.
    Part,
    Use,
    Include,
    Import,
    Export,
}

impl ItemKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Interface => "interface",
            Self::World => "world",
            Self::Function => "function",
            Self::Type => "type",
            Self::Part => "part",
            Self::Use => "use",
            Self::Include => "include",
            Self::Import => "import",
            Self::Export => "export",
        }
    }
}

/// What a declaration stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    Package,
    Interface(String),
    World(String),
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gate {
    /// `since`, `unstable`, `deprecated`, or what else stands behind the `@`.
    pub(crate) name: String,
    /// The version or the name of the feature.
    pub(crate) value: Named,
    /// All of it, from the `@` on.
    pub(crate) at: Range<usize>,
}

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    /// Its own name; for `use`, `include`, `import` and `export` what they name.
    pub(crate) name: Named,
    pub(crate) scope: Scope,
    /// Its name inside of the scope: `store.get`. Empty for the scope itself.
    pub(crate) path: String,
    pub(crate) docs: Docs,
    pub(crate) gates: Vec<Gate>,
    /// Whether it, or what it stands in, is behind `@unstable`.
    pub(crate) unstable: bool,
    /// The parameters of a function.
    pub(crate) parameters: Vec<Named>,
    /// The types that a `use` takes, by the names that they have where it takes them.
    pub(crate) taken: Vec<String>,
    /// The place of the declaration, for functions: up to its semicolon.
    pub(crate) declaration: Range<usize>,
    /// Which of the packages of the file it belongs to.
    pub(crate) package: usize,
}

/// A package as a file names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Package {
    /// `cloud:types`; empty for a file that names none.
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) at: Range<usize>,
    pub(crate) docs: Docs,
    /// Whether it stands inside the file, in braces.
    pub(crate) nested: bool,
}

/// A part of the language that engines refuse unless they are told otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GatedSyntax {
    /// What it is: `a map`.
    pub(crate) what: &'static str,
    pub(crate) at: Range<usize>,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// The package of the file first, which may be nameless, then the nested ones.
    pub(crate) packages: Vec<Package>,
    /// In the order of the file.
    pub(crate) items: Vec<Item>,
    pub(crate) gated: Vec<GatedSyntax>,
    /// Comments that no tool shows, because they stand in front of no item.
    pub(crate) loose: Vec<Range<usize>>,
    /// A comment `/**/`, on which the parser panics.
    pub(crate) empty_comments: Vec<Range<usize>>,
}

impl Item {
    /// The gates that say since when, or that it is not settled.
    pub(crate) fn stability(&self) -> impl Iterator<Item = &Gate> {
        let of_stability = |gate: &&Gate| gate.name == "since" || gate.name == "unstable";
        self.gates.iter().filter(of_stability)
    }
}
