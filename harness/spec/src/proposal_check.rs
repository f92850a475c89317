//! The rules that hold a proposal and the rest of the specification together.

use std::collections::HashSet;
use std::ops::Range;

use conformance_model::FeatureLevel;

use crate::Catalog;
use crate::check::{Place, Problem, Rule, unknown_clause};
use crate::proposals::{Heading, Proposal, ProposalStatus, Stated, number_of};

/// What is wrong with the proposals, and with what refers to them.
pub(crate) fn proposals(catalog: &Catalog) -> Vec<Problem> {
    let root = &catalog.texts.roots.proposals;
    let mut problems = Vec::new();
    for folder in &catalog.folders_without_facts {
        let message = "no proposal.toml is in this folder";
        let place = Place::whole(format!("{root}{folder}"));
        problems.push(Problem::new(Rule::Proposal, place, message));
    }
    for proposal in &catalog.proposals {
        let mut check = Check {
            catalog,
            proposal,
            problems: &mut problems,
        };
        check.itself();
        check.features();
        check.decisions();
        check.open_questions();
    }
    problems
}

/// Features that no proposal lists: each names its proposal, and it them.
pub(crate) fn unlisted_features(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for capability in &catalog.capabilities {
        let features = capability.features.iter().zip(&capability.places.features);
        for (feature, places) in features {
            let listed = catalog.proposals.iter().any(|proposal| {
                let mut ids = proposal.features.iter().map(|(_, id)| &id.text);
                proposal.id.text == feature.proposal && ids.any(|id| *id == feature.id)
            });
            if !listed {
                let message = format!("no proposal {:?} lists {}", feature.proposal, feature.id);
                let file = format!("{}{}", catalog.texts.roots.features, capability.path);
                let place = Place::of(file, places.proposal.clone());
                problems.push(Problem::new(Rule::Proposal, place, message));
            }
        }
    }
    problems
}

struct Check<'a, 'p> {
    catalog: &'a Catalog,
    proposal: &'a Proposal,
    problems: &'p mut Vec<Problem>,
}

impl Check<'_, '_> {
    fn place(&self, path: &str, at: &Range<usize>) -> Place {
        let root = &self.catalog.texts.roots.proposals;
        Place::of(format!("{root}{path}"), at.clone())
    }

    fn found(&mut self, at: &Range<usize>, message: String) {
        let place = self.place(&self.proposal.path, at);
        self.problems
            .push(Problem::new(Rule::Proposal, place, message));
    }

    fn found_at(&mut self, place: &Stated, message: String) {
        self.found(&place.at, message);
    }

    fn itself(&mut self) {
        let Self {
            catalog, proposal, ..
        } = *self;
        if proposal.schema != 1 {
            let message = format!("schema {} is not known; it is 1", proposal.schema);
            self.found(&proposal.schema_at, message);
        }
        let id = &proposal.id;
        let folder = proposal.path.split('/').next().unwrap_or_default();
        if id.text != folder || !is_numbered(&id.text) {
            let message = format!(
                "{:?} is not the name of the folder, four digits and words joined by -",
                id.text
            );
            self.found_at(id, message);
        }
        if proposal.title.text.trim().is_empty() {
            self.found_at(&proposal.title, "the title is empty".to_owned());
        }
        if !proposal.has_day {
            self.found(&proposal.created_at, "created is no date".to_owned());
        }
        if proposal.status.is_in_force() {
            for package in &proposal.packages {
                let known = catalog
                    .packages
                    .iter()
                    .any(|known| format!("{}@{}", known.name, known.version) == package.text);
                if !known {
                    self.found_at(package, format!("no package is named {}", package.text));
                }
            }
            let capability = &proposal.capability;
            if !catalog.capabilities().any(|name| name == capability.text) {
                let message = format!("no capability is named {}", capability.text);
                self.found_at(capability, message);
            }
        }
        for other in proposal.supersedes.iter().chain(&proposal.requires) {
            let mut ids = catalog.proposals.iter().map(|known| &known.id.text);
            if other.text == id.text || !ids.any(|known| *known == other.text) {
                self.found_at(other, format!("no other proposal is {}", other.text));
            }
        }
        let mature = matches!(
            proposal.status,
            ProposalStatus::Candidate | ProposalStatus::Stable
        );
        if mature && proposal.champions.is_empty() {
            let message = format!("a {} has a champion", proposal.status.word());
            self.found(&proposal.status_at, message);
        }
        if mature && let Some(open) = proposal.open.iter().find(|open| open.blocking) {
            let message = format!("{} keeps it from being a candidate", open.id.text);
            self.found_at(&open.id, message);
        }
        // The overview names each with its title and status.
        if let Some(overview) = &catalog.proposals_overview {
            let row = format!(
                "({}/README.md) | {} | {} |",
                id.text,
                proposal.title.text,
                proposal.status.word()
            );
            if !overview.contains(&row) {
                self.found_at(id, format!("README.md has no row with {row:?}"));
            }
        }
    }

    fn features(&mut self) {
        let Self {
            catalog, proposal, ..
        } = *self;
        let mut seen = HashSet::new();
        for (level, id) in &proposal.features {
            if !seen.insert(&id.text) {
                self.found_at(id, format!("{} is listed twice", id.text));
            }
            let known = catalog.feature(&id.text);
            match known {
                None if !proposal.status.is_in_force() => {}
                None => self.found_at(id, format!("no feature is named {}", id.text)),
                Some(known) if known.level != *level => {
                    let message = format!("{} has another level in its feature file", id.text);
                    self.found_at(id, message);
                }
                Some(known) if known.proposal != proposal.id.text => {
                    let message = format!("{} names {} as its proposal", id.text, known.proposal);
                    self.found_at(id, message);
                }
                Some(_) => {}
            }
        }
        for id in &proposal.criteria.features {
            let extended = proposal
                .features
                .iter()
                .any(|(level, known)| *level == FeatureLevel::Extended && known.text == id.text);
            if !extended {
                let message = format!("{} is none of the extended features", id.text);
                self.found_at(id, message);
            }
        }
    }

    fn decisions(&mut self) {
        let Self {
            catalog, proposal, ..
        } = *self;
        let asked: Vec<_> = proposal
            .decisions
            .iter()
            .map(|decision| (&decision.id, &decision.question))
            .collect();
        self.questions('D', &asked, &proposal.decision_headings);
        for decision in &proposal.decisions {
            if decision.clauses.is_empty() && decision.signatures.is_empty() {
                let message = format!(
                    "{} has no clause and no signature that holds the answer",
                    decision.id.text
                );
                self.found_at(&decision.id, message);
            }
            // What is not in force may speak of what is not there yet, or no more.
            if !proposal.status.is_in_force() {
                continue;
            }
            for clause in &decision.clauses {
                let id = clause.text.as_str();
                let place = self.place(&proposal.path, &clause.at);
                if catalog.index.removed.contains(id) {
                    let message = format!("{id} was removed: it holds no answer");
                    self.problems
                        .push(Problem::new(Rule::UnknownClause, place, message));
                } else if !catalog.index.knows(id) {
                    self.problems.push(unknown_clause(catalog, id, place));
                }
            }
            for signature in &decision.signatures {
                if !catalog.has_item(&signature.text) {
                    let message = format!("nothing is declared as {}", signature.text);
                    self.found_at(signature, message);
                }
            }
        }
    }

    fn open_questions(&mut self) {
        let proposal = self.proposal;
        let asked: Vec<_> = proposal
            .open
            .iter()
            .map(|open| (&open.id, &open.question))
            .collect();
        self.questions('O', &asked, &proposal.open_headings);
    }

    /// Questions by id in the facts and as headings of a page, both ways.
    fn questions(&mut self, letter: char, asked: &[(&Stated, &Stated)], headings: &[Heading]) {
        let mut last = 0;
        for (id, question) in asked {
            match number_of(&id.text, letter) {
                None => {
                    let message = format!("{:?} is not {letter} and a number", id.text);
                    self.found_at(id, message);
                }
                Some(number) if number <= last => {
                    let message = format!("{} stands behind {letter}{last}", id.text);
                    self.found_at(id, message);
                }
                Some(number) => last = number,
            }
            if !question.text.ends_with('?') {
                let message = format!("the question of {} ends in no question mark", id.text);
                self.found_at(question, message);
            }
            match headings.iter().find(|heading| heading.id == id.text) {
                None => self.found_at(id, format!("{} is a heading of no page", id.text)),
                Some(heading) if heading.question != question.text => {
                    let message = format!(
                        "{} asks something else in {}:{}",
                        id.text, heading.page, heading.line
                    );
                    self.found_at(question, message);
                }
                Some(_) => {}
            }
        }
        let mut seen = HashSet::new();
        for heading in headings {
            let message = if !seen.insert(&heading.id) {
                format!("{} is a heading for a second time", heading.id)
            } else if !asked.iter().any(|(id, _)| id.text == heading.id) {
                format!("{} is not in proposal.toml", heading.id)
            } else {
                continue;
            };
            let place = self.place(&heading.page, &heading.at);
            self.problems
                .push(Problem::new(Rule::Proposal, place, message));
        }
    }
}

/// Whether a text is four digits and kebab case: `0001-some-name`.
fn is_numbered(id: &str) -> bool {
    let Some((number, name)) = id.split_once('-') else {
        return false;
    };
    number.len() == 4
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}
