//! The rules that hold features, profiles, limits and the packages together.

use std::collections::HashSet;
use std::ops::Range;

use conformance_model::{Feature, FeatureLevel};

use super::{Place, Problem, Rule};
use crate::Catalog;
use crate::features::{Capability, FeaturePlaces};
use crate::tables::FeatureRow;
use crate::wit::Interface;

/// Features, profiles and their packages.
pub(crate) fn features(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for capability in &catalog.capabilities {
        let interfaces: Vec<&Interface> = catalog
            .interfaces
            .iter()
            .filter(|interface| interface.qualified_package == capability.package)
            .collect();
        let mut check = Check {
            capability,
            file: format!("{}{}", catalog.texts.roots.features, capability.path),
            interfaces,
            problems: &mut problems,
        };
        let places = &capability.places;
        if !seen.insert(&capability.name) {
            let message = format!("a second file for {}", capability.name);
            check.found(&places.capability, message);
        }
        if check.interfaces.is_empty() {
            let message = format!("no interface is in {}", capability.package);
            check.found(&places.package, message);
        }
        for (feature, places) in capability.features.iter().zip(&places.features) {
            if !seen.insert(&feature.id) {
                let message = format!("a second feature with the id {}", feature.id);
                check.found(&places.id, message);
            }
            check.feature(feature, places);
        }
        check.switches();
        check.profiles(&mut seen);
        check.table(catalog);
    }
    problems
}

struct Check<'a, 'p> {
    capability: &'a Capability,
    file: String,
    interfaces: Vec<&'a Interface>,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Check<'a, '_> {
    fn found(&mut self, at: &Range<usize>, message: String) {
        let place = Place::of(self.file.clone(), at.clone());
        self.problems
            .push(Problem::new(Rule::Feature, place, message));
    }

    fn feature(&mut self, feature: &Feature, places: &FeaturePlaces) {
        let id = feature.id.as_str();
        if !is_dotted(id) {
            self.found(
                &places.id,
                format!("{id:?} is no dotted word in lower case"),
            );
        }
        for (key, value, at) in [
            ("title", &feature.title, &places.title),
            ("proposal", &feature.proposal, &places.proposal),
        ] {
            if value.trim().is_empty() {
                self.found(at, format!("{key} of {id} is empty"));
            }
        }
        let package = &self.capability.package;
        let version = package.rsplit_once('@').map_or("", |(_, v)| v);
        match (release(&feature.since), release(version)) {
            (None, _) => {
                let message = format!("since of {id} is no version");
                self.found(&places.since, message);
            }
            (Some(since), Some(package)) if since > package => {
                let message = format!("since of {id} is later than {version}");
                self.found(&places.since, message);
            }
            _ => {}
        }
        for (name, at) in feature.interfaces.iter().zip(&places.interfaces) {
            match self.interfaces.iter().find(|known| &known.name == name) {
                None => {
                    let message = format!("no interface {name} in {package}");
                    self.found(at, message);
                }
                Some(interface) => {
                    let unstable = feature.level == FeatureLevel::Unstable;
                    if unstable != interface.unstable.is_some() {
                        let message = format!(
                            "{id} and the interface {name} are not both stable or both unstable"
                        );
                        self.found(at, message);
                    }
                }
            }
        }
    }

    /// Each interface is switched on by one feature.
    fn switches(&mut self) {
        let Self { capability, .. } = *self;
        for interface in self.interfaces.clone() {
            let switched = capability
                .features
                .iter()
                .filter(|feature| feature.interfaces.contains(&interface.name))
                .count();
            if switched != 1 {
                let message = format!("{switched} features switch on {}, not one", interface.name);
                self.found(&capability.places.package, message);
            }
        }
    }

    fn profiles(&mut self, seen: &mut HashSet<&'a str>) {
        let Self { capability, .. } = *self;
        for (profile, places) in capability.profiles.iter().zip(&capability.places.profiles) {
            if !seen.insert(&profile.name) {
                let message = format!("a second profile with the name {}", profile.name);
                self.found(&places.name, message);
            }
            for (id, at) in profile.features.iter().zip(&places.features) {
                if !capability.features.iter().any(|feature| &feature.id == id) {
                    self.found(at, format!("{} has no feature {id}", capability.name));
                }
            }
        }
    }

    /// The table in the doc comment of the package.
    fn table(&mut self, catalog: &Catalog) {
        let Self { capability, .. } = *self;
        let package = capability.package.split('@').next().unwrap_or_default();
        let listed = table(catalog, package);
        let declared: Vec<_> = capability.features.iter().map(row_of).collect();
        for (id, level, place) in &listed {
            if !declared.contains(&(id.as_str(), level.as_str())) {
                let message = format!("{} does not have {id} as {level}", self.file);
                self.problems
                    .push(Problem::new(Rule::FeatureTable, place.clone(), message));
            }
        }
        for ((id, level), places) in declared.into_iter().zip(&capability.places.features) {
            let found = listed
                .iter()
                .any(|(other, as_level, _)| other == id && as_level == level);
            if !found {
                let message = format!("the table of {package} does not have {id} as {level}");
                let place = Place::of(self.file.clone(), places.id.clone());
                self.problems
                    .push(Problem::new(Rule::FeatureTable, place, message));
            }
        }
    }
}

/// The rows of the feature table of a package, with their places.
fn table(catalog: &Catalog, package: &str) -> Vec<(String, String, Place)> {
    let mut rows = Vec::new();
    for documented in &catalog.documented {
        let of_package = documented.package.split('@').next() == Some(package);
        if documented.interface != "package" || !of_package {
            continue;
        }
        let text = &documented.docs.text;
        let mut next = 0;
        for line in text.split_inclusive('\n') {
            let start = next;
            next += line.len();
            if let Some(FeatureRow { id, level, .. }) = FeatureRow::parse(line) {
                let inner = start + (id.as_ptr() as usize - line.as_ptr() as usize);
                let at = documented.docs.place(inner);
                let file = catalog.texts.wit_file(&documented.file);
                let place = Place::of(file, at..at + id.len());
                rows.push((id.to_owned(), level.to_owned(), place));
            }
        }
    }
    rows
}

/// The tables of limits.
pub(crate) fn limits(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for limit in &catalog.limits {
        let mut found = |message: String| {
            problems.push(Problem::new(Rule::LimitTable, limit.place.clone(), message));
        };
        let id = &limit.id;
        if !seen.insert(id) {
            found(format!("a second limit with the id {id}"));
        }
        if !is_dotted(id) {
            found(format!("{id:?} is no dotted word in lower case"));
        }
        let of_package = catalog.capabilities.iter().any(|capability| {
            capability.package.split('@').next() == Some(&limit.package)
                && capability.features.iter().any(|f| f.id == limit.feature)
        });
        if !of_package {
            found(format!(
                "{} has no feature {}, with which {id} is stated",
                limit.package, limit.feature
            ));
        }
    }
    problems
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
pub(super) fn is_dotted(id: &str) -> bool {
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
