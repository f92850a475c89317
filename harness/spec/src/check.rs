//! The rules that hold the specification, the features and the cases together.
//! Each check returns what it found; who calls it decides what to do with it.

use std::collections::HashSet;
use std::fmt;

use conformance_model::{Case, CaseStatus, Feature, FeatureLevel, Level, Word};

use crate::Catalog;

/// A rule of the specification's style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// An id in brackets is no id of a clause.
    ClauseId,
    /// An id is used for two clauses.
    ClauseTwice,
    /// A clause has not exactly one normative word, at its start.
    ClauseWord,
    /// A clause stands where nothing reads it.
    ClausePlace,
    /// A normative word stands in a sentence without an id.
    StrayWord,
    /// A feature or profile is declared twice, incomplete, or does not fit the
    /// package.
    Feature,
    /// The feature table of the package differs from the feature file.
    FeatureTable,
    /// A limit in the table of a package is listed twice, has no bound, or belongs
    /// to no feature of the package.
    LimitTable,
    /// A proposal and the rest of the specification do not fit together.
    Proposal,
    /// An entry under `elsewhere` names no clause, or one that a case covers.
    Elsewhere,
    /// A case is described twice or incompletely.
    Case,
    /// A case cites a clause that does not exist.
    UnknownClause,
    /// A case names a feature or capability that does not exist.
    UnknownFeature,
    /// A case has another level than the clauses it cites.
    Level,
    /// A case cites a clause of a feature that it does not require.
    Requires,
    /// No case covers a MUST of a stable interface.
    Uncovered,
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which rule.
    pub rule: Rule,
    /// Where: a file with its line, or the id of a case or feature.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(rule: Rule, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule,
            at: at.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)
    }
}

/// Features, profiles and their packages.
pub(crate) fn features(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut found = |rule, at: &str, message: String| {
        problems.push(Problem::new(rule, at, message));
    };
    for capability in &catalog.capabilities {
        let file = capability.path.as_str();
        if !seen.insert(&capability.name) {
            found(
                Rule::Feature,
                file,
                format!("a second file for {}", capability.name),
            );
        }
        let interfaces: Vec<_> = catalog
            .interfaces
            .iter()
            .filter(|interface| interface.qualified_package == capability.package)
            .collect();
        if interfaces.is_empty() {
            let message = format!("no interface is in {}", capability.package);
            found(Rule::Feature, file, message);
        }
        for feature in &capability.features {
            let id = feature.id.as_str();
            if !seen.insert(id) {
                found(
                    Rule::Feature,
                    id,
                    "a second feature with this id".to_owned(),
                );
            }
            if !is_dotted(id) {
                found(
                    Rule::Feature,
                    id,
                    "not a dotted word in lower case".to_owned(),
                );
            }
            for (key, value) in [("title", &feature.title), ("proposal", &feature.proposal)] {
                if value.trim().is_empty() {
                    found(Rule::Feature, id, format!("{key} is empty"));
                }
            }
            let version = capability.package.rsplit_once('@').map_or("", |(_, v)| v);
            match (release(&feature.since), release(version)) {
                (None, _) => {
                    let message = format!("since is no version: {:?}", feature.since);
                    found(Rule::Feature, id, message);
                }
                (Some(since), Some(package)) if since > package => {
                    let message = format!("since {} is later than {version}", feature.since);
                    found(Rule::Feature, id, message);
                }
                _ => {}
            }
            for name in &feature.interfaces {
                match interfaces.iter().find(|interface| &interface.name == name) {
                    None => {
                        let message = format!("no interface {name} in {}", capability.package);
                        found(Rule::Feature, id, message);
                    }
                    Some(interface) => {
                        let unstable = feature.level == FeatureLevel::Unstable;
                        if unstable != interface.unstable.is_some() {
                            let message = format!(
                                "the feature and the interface {name} are not both stable or both \
                                 unstable"
                            );
                            found(Rule::Feature, id, message);
                        }
                    }
                }
            }
        }
        for interface in &interfaces {
            let switched = capability
                .features
                .iter()
                .filter(|feature| feature.interfaces.contains(&interface.name))
                .count();
            if switched != 1 {
                let message = format!("{switched} features switch on {}, not one", interface.name);
                found(Rule::Feature, file, message);
            }
        }
        for profile in &capability.profiles {
            if !seen.insert(&profile.name) {
                let message = "a second profile with this name".to_owned();
                found(Rule::Feature, &profile.name, message);
            }
            for id in &profile.features {
                if !capability.features.iter().any(|feature| &feature.id == id) {
                    let message = format!("{} has no feature {id}", capability.name);
                    found(Rule::Feature, &profile.name, message);
                }
            }
        }
        let package = capability.package.split('@').next().unwrap_or_default();
        let docs = catalog
            .package_docs
            .iter()
            .find(|(name, _)| name == package)
            .map_or("", |(_, docs)| docs);
        let listed: Vec<_> = docs.lines().filter_map(table_row).collect();
        let declared: Vec<_> = capability.features.iter().map(row_of).collect();
        for (id, level) in &listed {
            if !declared.contains(&(*id, *level)) {
                let message = format!("the table of {package} has it as {level}, {file} has not");
                found(Rule::FeatureTable, id, message);
            }
        }
        for (id, level) in &declared {
            if !listed.contains(&(*id, *level)) {
                let message = format!("{file} has it as {level}, the table of {package} has not");
                found(Rule::FeatureTable, id, message);
            }
        }
    }
    problems
}

/// The tables of limits.
pub(crate) fn limits(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for limit in &catalog.limits {
        let mut found = |message: String| {
            problems.push(Problem::new(Rule::LimitTable, limit.id.as_str(), message));
        };
        if !seen.insert(&limit.id) {
            found("a second limit with this id".to_owned());
        }
        if !is_dotted(&limit.id) {
            found("not a dotted word in lower case".to_owned());
        }
        let of_package = catalog.capabilities.iter().any(|capability| {
            capability.package.split('@').next() == Some(&limit.package)
                && capability.features.iter().any(|f| f.id == limit.feature)
        });
        if !of_package {
            found(format!(
                "{} has no feature {}",
                limit.package, limit.feature
            ));
        }
    }
    problems
}

/// A row of a feature table in a doc comment: id and level.
fn table_row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
    let id = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
    let level = cells.next()?;
    ["core", "extended", "unstable"]
        .contains(&level)
        .then_some((id, level))
}

fn row_of(feature: &Feature) -> (&str, &'static str) {
    let level = match feature.level {
        FeatureLevel::Core => "core",
        FeatureLevel::Extended => "extended",
        FeatureLevel::Unstable => "unstable",
    };
    (&feature.id, level)
}

/// Whether a text is words of lower case letters, digits and `-`, joined by at
/// least one `.`.
fn is_dotted(id: &str) -> bool {
    id.contains('.')
        && id.split('.').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// The numbers of a version such as `0.1.0`.
fn release(version: &str) -> Option<(u64, u64, u64)> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    let release = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(release)
}

/// What the cases say of themselves.
pub(crate) fn cases(catalog: &Catalog, cases: &[Case]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for case in cases {
        let mut found = |rule, message: String| {
            problems.push(Problem::new(rule, case.id.as_str(), message));
        };
        if !seen.insert(&case.id) {
            found(Rule::Case, "a second case with this id".to_owned());
        }
        if !is_dotted(&case.id) {
            found(
                Rule::Case,
                "the id is no dotted word in lower case".to_owned(),
            );
        }
        if case.title.trim().is_empty() {
            found(Rule::Case, "the title is empty".to_owned());
        }
        if case.clauses.is_empty() {
            found(Rule::Case, "it cites no clause".to_owned());
        }
        if case.timeout_ns == 0 {
            found(Rule::Case, "it has no time".to_owned());
        }
        if !catalog.capabilities().any(|name| name == case.capability) {
            let message = format!("no capability is named {}", case.capability);
            found(Rule::UnknownFeature, message);
        }
        for id in case.requires.iter().chain(&case.refuses) {
            if catalog.feature(id).is_none() {
                found(Rule::UnknownFeature, format!("no feature is named {id}"));
            }
        }
        let mut strongest = None;
        for id in &case.clauses {
            let Some(clause) = catalog.clause(id) else {
                let similar = catalog.similar(id).join(", ");
                let hint = if similar.is_empty() {
                    String::new()
                } else {
                    format!(" (is it {similar}?)")
                };
                found(
                    Rule::UnknownClause,
                    format!("no clause is named {id}{hint}"),
                );
                continue;
            };
            let level = level_of(clause.word);
            strongest = Some(strongest.map_or(level, |other: Level| other.min(level)));
            if let Some(feature) = catalog.feature_of(clause)
                && feature.level != FeatureLevel::Core
                && !case.concerns(&feature.id)
            {
                let message = format!(
                    "{id} is a clause of {}, which it does not require",
                    feature.id
                );
                found(Rule::Requires, message);
            }
        }
        if let Some(strongest) = strongest
            && strongest != case.level
        {
            let message = format!(
                "its level is {}, the strongest of its clauses is a {}",
                case.level.word(),
                strongest.word()
            );
            found(Rule::Level, message);
        }
    }
    problems
}

fn level_of(word: Word) -> Level {
    match word {
        Word::Must | Word::MustNot => Level::Must,
        Word::Should | Word::ShouldNot => Level::Should,
        Word::May => Level::May,
    }
}

/// Whether something proves every MUST of the stable interfaces.
pub(crate) fn coverage(catalog: &Catalog, cases: &[Case]) -> Vec<Problem> {
    let cited: HashSet<&str> = cases
        .iter()
        .filter(|case| case.status != CaseStatus::Deprecated)
        .flat_map(|case| case.clauses.iter().map(String::as_str))
        .collect();
    let mut problems = Vec::new();
    for entry in catalog.elsewhere() {
        let message = match catalog.clause(&entry.clause) {
            None => "no clause has this id",
            Some(_) if cited.contains(entry.clause.as_str()) => {
                "a case covers it: it is not proved elsewhere alone"
            }
            Some(_) if entry.by.trim().is_empty() || entry.why.trim().is_empty() => {
                "by or why is empty"
            }
            Some(_) => continue,
        };
        problems.push(Problem::new(Rule::Elsewhere, &*entry.clause, message));
    }
    for clause in catalog.uncovered(cases) {
        if clause.word.is_must() {
            problems.push(Problem::new(
                Rule::Uncovered,
                format!("{}:{}", clause.file, clause.line),
                format!("no case covers {}: {}", clause.id, clause.text),
            ));
        }
    }
    problems
}
