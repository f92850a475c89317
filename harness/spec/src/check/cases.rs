//! The rules between the specification and the cases: what they cite exists, and
//! every MUST is covered.

use std::collections::HashSet;

use conformance_model::{Case, CaseStatus, FeatureLevel, Level, Word};

use super::features::is_dotted;
use super::{Better, Place, Problem, Rule, unknown_clause};
use crate::Catalog;

/// What the cases say of themselves.
pub(crate) fn cases(catalog: &Catalog, cases: &[Case]) -> Vec<Problem> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut problems = Vec::new();
    for case in cases {
        let mut check = Check {
            catalog,
            case,
            problems: &mut problems,
        };
        check.itself(seen.insert(&case.id));
        check.names();
        check.clauses();
    }
    problems
}

struct Check<'a, 'p> {
    catalog: &'a Catalog,
    case: &'a Case,
    problems: &'p mut Vec<Problem>,
}

impl Check<'_, '_> {
    fn found(&mut self, rule: Rule, text: &str, message: String) {
        let place = self.place(text);
        self.push(Problem::new(rule, place, message), text);
    }

    /// The case knows best where a text of it stands; the list of the cases is what
    /// is always there.
    fn push(&mut self, mut problem: Problem, text: &str) {
        problem.better = Some(Better {
            file: self.case.source.clone(),
            text: text.to_owned(),
        });
        self.problems.push(problem);
    }

    /// The place of a text in the line of the case in the list.
    fn place(&self, text: &str) -> Place {
        let listed = || {
            let list = self.catalog.sources.cases.as_ref()?;
            let start = list.text.find(&format!("{{\"id\":\"{}\"", self.case.id))?;
            let line = list.text.get(start..)?.lines().next()?;
            let quoted = format!("\"{text}\"");
            let inner = line.find(&quoted).map_or(1, |at| at + 1);
            let length = if inner == 1 {
                "\"id\"".len()
            } else {
                text.len()
            };
            let file = format!("{}{}", self.catalog.texts.roots.cases, list.path);
            Some(Place::of(file, start + inner..start + inner + length))
        };
        listed().unwrap_or_else(|| Place::whole(self.case.source.clone()))
    }

    fn itself(&mut self, is_first: bool) {
        let case = self.case;
        let id = &case.id;
        let mut wrong = Vec::new();
        if !is_first {
            wrong.push(format!("{id} is the id of a second case"));
        }
        if !is_dotted(id) {
            wrong.push(format!("{id:?} is no dotted word in lower case"));
        }
        if case.title.trim().is_empty() {
            wrong.push(format!("{id} has no title"));
        }
        if case.clauses.is_empty() {
            wrong.push(format!("{id} cites no clause"));
        }
        if case.timeout_ns == 0 {
            wrong.push(format!("{id} has no time"));
        }
        for message in wrong {
            self.found(Rule::Case, id, message);
        }
    }

    fn names(&mut self) {
        let Self { catalog, case, .. } = *self;
        let capability = &case.capability;
        if !catalog.capabilities().any(|name| name == capability) {
            let message = format!(
                "no capability is named {capability}, which {} is for",
                case.id
            );
            self.found(Rule::UnknownFeature, capability, message);
        }
        for id in case.requires.iter().chain(&case.refuses) {
            if catalog.feature(id).is_none() {
                let message = format!("no feature is named {id}, which {} is about", case.id);
                self.found(Rule::UnknownFeature, id, message);
            }
        }
    }

    fn clauses(&mut self) {
        let Self { catalog, case, .. } = *self;
        let mut strongest = None;
        for id in &case.clauses {
            let Some(clause) = catalog.clause(id) else {
                if catalog.index.removed.contains(id) {
                    let message = format!("{} cites {id}, which was removed", case.id);
                    self.found(Rule::UnknownClause, id, message);
                } else if !catalog.index.knows(id) {
                    let place = self.place(id);
                    let mut problem = unknown_clause(catalog, id, place);
                    problem.message = format!("{}, which {} cites", problem.message, case.id);
                    self.push(problem, id);
                }
                continue;
            };
            let level = level_of(clause.word);
            strongest = Some(strongest.map_or(level, |other: Level| other.min(level)));
            if let Some(feature) = catalog.feature_of(clause)
                && feature.level != FeatureLevel::Core
                && !case.concerns(&feature.id)
            {
                let message = format!(
                    "{} does not require {}, whose clause {id} it cites",
                    case.id, feature.id
                );
                self.found(Rule::Requires, id, message);
            }
        }
        if let Some(strongest) = strongest
            && strongest != case.level
        {
            let message = format!(
                "the level of {} is {}, the strongest of its clauses is a {}",
                case.id,
                case.level.word(),
                strongest.word()
            );
            self.found(Rule::Level, &case.id, message);
        }
    }
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
    for capability in &catalog.capabilities {
        let file = format!("{}{}", catalog.texts.roots.features, capability.path);
        let entries = capability
            .elsewhere
            .iter()
            .zip(&capability.places.elsewhere);
        for (entry, at) in entries {
            let place = Place::of(file.clone(), at.clone());
            let id = &entry.clause;
            let message = match catalog.clause(id) {
                None if catalog.index.knows(id) => format!("{id} is no clause in force"),
                None => {
                    problems.push(unknown_clause(catalog, id, place));
                    continue;
                }
                Some(_) if cited.contains(id.as_str()) => {
                    format!("a case covers {id}: it is not proved elsewhere alone")
                }
                Some(_) if entry.by.trim().is_empty() || entry.why.trim().is_empty() => {
                    format!("by or why of {id} is empty")
                }
                Some(_) => continue,
            };
            problems.push(Problem::new(Rule::Elsewhere, place, message));
        }
    }
    let uncovered: HashSet<&str> = catalog
        .uncovered(cases)
        .into_iter()
        .map(|clause| clause.id.as_str())
        .collect();
    for (clause, place) in catalog.clauses.iter().zip(&catalog.index.places) {
        // The cases of a draft are still being written.
        let is_draft = catalog.is_draft(&clause.package);
        if clause.word.is_must() && !is_draft && uncovered.contains(clause.id.as_str()) {
            let message = format!("no case covers {}", clause.id);
            problems.push(
                Problem::new(Rule::Uncovered, place.clone(), message).helped(
                    "write a case that cites it, or list the test that proves it under \
                     [[elsewhere]] in conformance/features/",
                ),
            );
        }
    }
    problems
}
