//! Whose published verdict rests on what changed.

use std::collections::{BTreeMap, BTreeSet};

use conformance_model::{Case, ProviderRisk, Published, SemverClass, SpecDiff, Status, Table};

use super::clauses::Clauses;
use super::{Context, Sides, rows};
use crate::limits::Bound;

/// The providers that a change touches.
pub(super) fn touched(
    diff: &SpecDiff,
    sides: &Sides,
    clauses: &Clauses,
    context: Context<'_>,
) -> Vec<ProviderRisk> {
    let mut stakes = Stakes::of(diff, clauses, context.cases);
    stakes.bounds = bounds(diff, sides);
    context
        .reports
        .iter()
        .filter_map(|published| stakes.for_provider(published))
        .collect()
}

/// What is at stake for whoever implements it.
struct Stakes {
    /// By what was touched, a clause or a declaration, the cases that prove it.
    touched: BTreeMap<String, BTreeSet<String>>,
    /// Clauses that no case proves yet, each with the capability that it is about; none
    /// for what all of them share.
    unproved: BTreeMap<String, Option<String>>,
    /// Limits with a bound that changed.
    bounds: Vec<Limit>,
}

/// A limit as it is from now on.
struct Limit {
    id: String,
    written: String,
    bound: Bound,
    /// The feature that it is stated with.
    feature: String,
}

impl Stakes {
    fn of(diff: &SpecDiff, clauses: &Clauses, cases: &[Case]) -> Self {
        let mut touched: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut unproved = BTreeMap::new();
        for package in &diff.packages {
            let (_, word) = package.name.split_once(':').unwrap_or_default();
            let is_capability = cases.iter().any(|case| case.capability == word);
            let capability = is_capability.then(|| word.to_owned());
            for clause in package.clauses.iter().filter(|clause| !clause.unstable) {
                if clause.cases.is_empty() && clause.new.is_some() {
                    unproved.insert(clause.id.clone(), capability.clone());
                } else {
                    let cases = clause.cases.iter().cloned();
                    touched.entry(clause.id.clone()).or_default().extend(cases);
                }
            }
            for row in package.rows.iter().filter(|row| !row.unstable) {
                let cases = row.cases.iter().cloned();
                touched.entry(row.id.clone()).or_default().extend(cases);
            }
            for change in &package.changes {
                // Implementations follow a declaration before anything else runs.
                if change.effect.exporters < SemverClass::Minor || change.item.is_none() {
                    continue;
                }
                let item = change.item.as_deref().unwrap_or_default();
                let interface = format!("{}/{}", package.name, change.place);
                let place = format!("{interface}.{item}");
                let proving = proving(cases, clauses, &place, &interface);
                touched.entry(place).or_default().extend(proving);
            }
        }
        Self {
            touched,
            unproved,
            bounds: Vec::new(),
        }
    }

    fn for_provider(&self, published: &Published) -> Option<ProviderRisk> {
        let mut touched = Vec::new();
        let (mut passes, mut others) = (BTreeSet::new(), BTreeSet::new());
        for (what, cases) in &self.touched {
            let mut concerned = false;
            for test in cases.iter().filter_map(|case| published.test(case)) {
                if !is_decided(test.status) {
                    continue;
                }
                match test.status {
                    Status::Pass => passes.insert(test.id.clone()),
                    _ => others.insert(test.id.clone()),
                };
                concerned = true;
            }
            if concerned {
                touched.push(what.clone());
            }
        }
        let stated = &published.provider.provider;
        let mut beyond = Vec::new();
        for limit in &self.bounds {
            let declared = stated.features.contains(&limit.feature);
            let values = stated.limits.iter().filter(|value| value.id == limit.id);
            for value in values.filter(|value| declared && !limit.bound.allows(value.value)) {
                let (id, bound) = (&limit.id, &limit.written);
                beyond.push(format!("{id} is {}, not {bound}", value.value));
            }
        }
        let offers = |capability: &str| {
            let mut tests = published.provider.tests.iter();
            tests.any(|test| test.capability == capability && is_decided(test.status))
        };
        let unproved = self.unproved.iter();
        let unproved: Vec<String> = unproved
            .filter(|(_, capability)| capability.as_deref().is_none_or(offers))
            .map(|(id, _)| id.clone())
            .collect();
        if touched.is_empty() && unproved.is_empty() && beyond.is_empty() {
            return None;
        }
        Some(ProviderRisk {
            provider: published.label(),
            conclusion: published.provider.conclusion.words().to_owned(),
            touched,
            passes: passes.into_iter().collect(),
            others: others.into_iter().collect(),
            unproved,
            beyond,
        })
    }
}

/// Whether a provider has to do with what a case is about. One that declares nothing of
/// the kind can break nothing of it.
fn is_decided(status: Status) -> bool {
    !matches!(status, Status::Unsupported | Status::Skip | Status::NotRun)
}

/// The limits whose rows changed, as the new state has them.
fn bounds(diff: &SpecDiff, sides: &Sides) -> Vec<Limit> {
    let mut found = Vec::new();
    for package in &diff.packages {
        let docs = sides.new.packages.get(&package.name).map(|new| &new.docs);
        let touched = |id: &str| {
            let mut rows = package.rows.iter().filter(|row| row.table == Table::Limits);
            rows.any(|row| row.id == id && !row.unstable)
        };
        for (row, bound) in rows::limits(docs.map_or("", String::as_str)) {
            if touched(row.id) {
                found.push(Limit {
                    id: row.id.to_owned(),
                    written: row.bound.to_owned(),
                    bound,
                    feature: row.feature.to_owned(),
                });
            }
        }
    }
    found
}

/// The cases whose clauses stand on an item or, where none does, on its interface.
fn proving(cases: &[Case], clauses: &Clauses, place: &str, interface: &str) -> BTreeSet<String> {
    let mut ids = clauses.at(place);
    if ids.is_empty() {
        ids = clauses.at(interface);
    }
    cases
        .iter()
        .filter(|case| case.clauses.iter().any(|id| ids.contains(id.as_str())))
        .map(|case| case.id.clone())
        .collect()
}
