//! What changed between two states of a specification, and what that means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Word;

/// How far a change reaches, in the terms of semantic versioning.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SemverClass {
    /// Nothing that exists notices.
    #[default]
    None,
    /// Everything that exists goes on as before; the text has to be read again.
    Patch,
    /// Everything that exists goes on; there is more than before.
    Minor,
    /// Something that exists no longer works.
    Major,
}

impl SemverClass {
    /// The class in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// The class of a change for each side of an interface or world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Effect {
    /// For those who import the interface, and for components that are built for
    /// the world.
    pub importers: SemverClass,
    /// For those who export, that is implement, the interface, and for hosts of the
    /// world.
    pub exporters: SemverClass,
}

impl Effect {
    /// The same class for both.
    #[must_use]
    pub const fn both(class: SemverClass) -> Self {
        Self::new(class, class)
    }

    /// A class for each.
    #[must_use]
    pub const fn new(importers: SemverClass, exporters: SemverClass) -> Self {
        Self {
            importers,
            exporters,
        }
    }

    /// The greater of two, for each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(
            self.importers.max(other.importers),
            self.exporters.max(other.exporters),
        )
    }

    /// What the same change means when it is taken back.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        Self::new(self.exporters, self.importers)
    }
}

/// What kind of change it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// A package that was not there.
    PackageAdded,
    /// A package that is no more.
    PackageRemoved,
    /// An interface that was not there.
    InterfaceAdded,
    /// An interface that is no more.
    InterfaceRemoved,
    /// A world that was not there.
    WorldAdded,
    /// A world that is no more.
    WorldRemoved,
    /// A world imports more.
    ImportAdded,
    /// A world imports less.
    ImportRemoved,
    /// A world exports more.
    ExportAdded,
    /// A world exports less.
    ExportRemoved,
    /// What a world imports or exports under one name is another.
    WorldItemChanged,
    /// A world uses an interface of another package in another version.
    DependencyVersion,
    /// A package that had no version has one, which is part of the names of its
    /// interfaces.
    VersionAdded,
    /// A package that had a version has none.
    VersionRemoved,
    /// A type of another package, of which it speaks, is another.
    DependencyChanged,
    /// A function, method, static function or constructor that was not there.
    FunctionAdded,
    /// One that is no more.
    FunctionRemoved,
    /// A plain function became an `async` one.
    AsyncAdded,
    /// An `async` function became a plain one.
    AsyncRemoved,
    /// A method became a static function, or the like.
    FunctionKindChanged,
    /// A parameter that was not there.
    ParameterAdded,
    /// A parameter that is no more.
    ParameterRemoved,
    /// The same parameter under another name.
    ParameterRenamed,
    /// The same parameters in another order.
    ParametersReordered,
    /// A parameter of another type.
    ParameterType,
    /// Another result.
    ResultType,
    /// A type that was not there.
    TypeAdded,
    /// A type that is no more.
    TypeRemoved,
    /// A record that became a variant, or the like.
    TypeKindChanged,
    /// An alias of another type.
    TypeTargetChanged,
    /// A resource that is at home in another interface, from where `use` brings it.
    TypeMoved,
    /// A field, case or flag that was not there.
    PartAdded,
    /// A field, case or flag that is no more.
    PartRemoved,
    /// The same field, case or flag under another name.
    PartRenamed,
    /// The same fields, cases or flags in another order.
    PartsReordered,
    /// A field or the payload of a case is of another type.
    PartType,
    /// What was behind `@unstable` is no more.
    Stabilised,
    /// What was stable is behind `@unstable`.
    Destabilised,
    /// `@deprecated` was added.
    Deprecated,
    /// `@deprecated` was taken back.
    Undeprecated,
    /// Another version or feature in a gate.
    GateChanged,
    /// Another spelling of the same type or signature.
    SpellingChanged,
    /// Commentary changed; no clause did.
    DocsChanged,
}

impl ChangeKind {
    /// The kind that takes this one back.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::PackageAdded => Self::PackageRemoved,
            Self::PackageRemoved => Self::PackageAdded,
            Self::InterfaceAdded => Self::InterfaceRemoved,
            Self::InterfaceRemoved => Self::InterfaceAdded,
            Self::WorldAdded => Self::WorldRemoved,
            Self::WorldRemoved => Self::WorldAdded,
            Self::ImportAdded => Self::ImportRemoved,
            Self::ImportRemoved => Self::ImportAdded,
            Self::ExportAdded => Self::ExportRemoved,
            Self::ExportRemoved => Self::ExportAdded,
            Self::VersionAdded => Self::VersionRemoved,
            Self::VersionRemoved => Self::VersionAdded,
            Self::FunctionAdded => Self::FunctionRemoved,
            Self::FunctionRemoved => Self::FunctionAdded,
            Self::AsyncAdded => Self::AsyncRemoved,
            Self::AsyncRemoved => Self::AsyncAdded,
            Self::ParameterAdded => Self::ParameterRemoved,
            Self::ParameterRemoved => Self::ParameterAdded,
            Self::TypeAdded => Self::TypeRemoved,
            Self::TypeRemoved => Self::TypeAdded,
            Self::PartAdded => Self::PartRemoved,
            Self::PartRemoved => Self::PartAdded,
            Self::Stabilised => Self::Destabilised,
            Self::Destabilised => Self::Stabilised,
            Self::Deprecated => Self::Undeprecated,
            Self::Undeprecated => Self::Deprecated,
            other => other,
        }
    }
}

/// One change of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// The interface or world, without a version: `store`, `world imports`; empty
    /// where the package itself is meant.
    pub place: String,
    /// The item in it: `store.get`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The parameter, field, case or flag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How it was written, if it was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// How it is written, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// What it means for each side. What is unstable means nothing to anyone.
    pub effect: Effect,
    /// Whether it concerns what is behind `@unstable`.
    #[serde(default)]
    pub unstable: bool,
    /// For a type: the items whose own declarations speak of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<String>,
}

/// What happened to a clause, or to a row of a table.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClauseChangeKind {
    /// It was not there.
    Added,
    /// It is no more.
    Removed,
    /// It demands more: MAY, SHOULD, MUST in this order; a bound that is harder to
    /// keep.
    Strengthened,
    /// It demands less.
    Weakened,
    /// It demands the opposite: MUST and MUST NOT, a floor and a ceiling.
    Reversed,
    /// It stands on another item, or together with another feature, and so binds
    /// something else.
    Moved,
    /// The same demand in other words.
    Reworded,
}

impl ClauseChangeKind {
    /// The kind that takes this one back.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Added => Self::Removed,
            Self::Removed => Self::Added,
            Self::Strengthened => Self::Weakened,
            Self::Weakened => Self::Strengthened,
            other => other,
        }
    }
}

/// A clause in one of the two states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClauseState {
    /// Its word, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Word>,
    /// The sentence behind the id.
    pub text: String,
    /// Where it stands: `cloud:keyvalue/store.get`.
    pub place: String,
}

/// One change of one clause. A clause can have several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClauseChange {
    /// The id.
    pub id: String,
    /// What happened.
    pub kind: ClauseChangeKind,
    /// As it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<ClauseState>,
    /// As it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<ClauseState>,
    /// What it means for those who call, and for those who implement.
    pub effect: Effect,
    /// Whether it concerns what is behind `@unstable`.
    #[serde(default)]
    pub unstable: bool,
    /// The cases that prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
}

/// A table in the comment of a package.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// That of the features, with their levels.
    Features,
    /// That of the limits, with their portable bounds.
    Limits,
}

/// One change of one row of a table. A row can have several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowChange {
    /// The table.
    pub table: Table,
    /// The id of the feature or limit.
    pub id: String,
    /// What happened.
    pub kind: ClauseChangeKind,
    /// As it was: of a limit the bound, the feature that it is stated with, or what it
    /// limits; of a feature its level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// As it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// What it means for those who call, and for those who implement.
    pub effect: Effect,
    /// Whether it concerns what is unstable.
    #[serde(default)]
    pub unstable: bool,
    /// The clauses that speak of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// The cases that prove these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
}

/// What changed in one package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageDiff {
    /// Its name without a version.
    pub name: String,
    /// The version that it had; none if it had none or was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_version: Option<String>,
    /// The version that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_version: Option<String>,
    /// The declarations, in the order of places and items.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// The clauses, by id.
    #[serde(default)]
    pub clauses: Vec<ClauseChange>,
    /// The rows of its tables, by table and id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowChange>,
    /// What the step of the version has to say, so that guests are not surprised.
    pub required: SemverClass,
    /// What is wrong with the version: a sentence, and the version that would do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingBump>,
}

/// A version that promises more than the package keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingBump {
    /// What is wrong, in a sentence.
    pub message: String,
    /// A version that would do, if there is one to name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// A provider whose published verdict rests on what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderRisk {
    /// Its label in the report: `redis`, `dynamodb/local`.
    pub provider: String,
    /// The conclusion of its report.
    pub conclusion: String,
    /// The clauses and declarations that are at stake for it.
    pub touched: Vec<String>,
    /// The cases that prove them and that it passes today.
    pub passes: Vec<String>,
    /// Those that it does not pass today.
    pub others: Vec<String>,
    /// Clauses without a case: nothing in its report can tell.
    pub unproved: Vec<String>,
    /// Limits that it stated and that are beyond a bound from now on, each with its
    /// value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beyond: Vec<String>,
}

/// An answer of `wit_component::semver_check` that differs from ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OracleDispute {
    /// What was asked: `importing cloud:keyvalue/store`.
    pub question: String,
    /// Whether it takes the change for compatible.
    pub oracle_says_compatible: bool,
    /// Its words, where it refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Everything that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SpecDiff {
    /// The version of this shape: [`crate::SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What the old state was read from, as the user named it.
    pub old: String,
    /// What the new state was read from.
    pub new: String,
    /// The packages that differ, by name.
    pub packages: Vec<PackageDiff>,
    /// The published providers that are touched.
    #[serde(default)]
    pub providers: Vec<ProviderRisk>,
    /// How many questions the oracle answered as we do.
    #[serde(default)]
    pub oracle_agrees: u32,
    /// Where it does not.
    #[serde(default)]
    pub oracle_disputes: Vec<OracleDispute>,
    /// What it could not be asked, with its reason.
    #[serde(default)]
    pub oracle_silent: Vec<String>,
    /// What could not be compared, with its reason.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What breaks the rules of a change: an id that was dropped without a
    /// tombstone, or given to something new.
    #[serde(default)]
    pub problems: Vec<String>,
}

impl SpecDiff {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Whether a version or an id breaks a rule.
    #[must_use]
    pub fn is_red(&self) -> bool {
        !self.problems.is_empty()
            || self
                .packages
                .iter()
                .any(|package| package.missing.is_some())
    }
}
