//! The phases of the WASI Subgroup, as far as files can say where a proposal stands.
//! Every phase but the first is entered by a vote, which no file records; the last two
//! are not settled yet by the Subgroup itself.

use std::collections::BTreeMap;

use conformance_model::{Answer, Criterion, ProposalPhase, Step};

use super::PhaseInput;
use super::criteria::{self, Runs, counted, for_people, together};
use super::life;
use crate::proposals::Proposal;

/// How far other proposals are: what is known already, and what is being looked at.
#[derive(Default)]
struct Others {
    known: BTreeMap<String, Option<usize>>,
    open: Vec<String>,
}

/// The phases, from the first.
pub(super) fn phases(input: PhaseInput<'_>, proposal: &Proposal, runs: &Runs<'_>) -> Vec<Step> {
    let mut others = Others::default();
    others.open.push(proposal.id.text.clone());
    among(input, proposal, runs, &mut others)
}

fn among(
    input: PhaseInput<'_>,
    proposal: &Proposal,
    runs: &Runs<'_>,
    others: &mut Others,
) -> Vec<Step> {
    let vote = |body: &str| for_people("a vote", &format!("the {body} votes; no file says how"));
    let portable = together(
        "its portability criteria are met",
        &life::portability(proposal, runs),
    );
    let mut dependencies = |phase: usize| needed(input, proposal, phase, others);
    let criteria = [
        vec![life::written(proposal)],
        vec![criteria::champion(proposal), vote("WASI Subgroup")],
        vec![
            documented(proposal),
            life::in_wit(input, proposal),
            criteria::questions(proposal, false),
            dependencies(2),
            vote("WASI Subgroup"),
        ],
        vec![
            criteria::proved(input.coverage, proposal),
            criteria::somebody(runs),
            planned(&portable),
            dependencies(3),
            vote("WASI Subgroup"),
        ],
        vec![
            portable,
            criteria::questions(proposal, true),
            vote("WebAssembly Community Group"),
        ],
        vec![life::grown_up(proposal), vote("WebAssembly Working Group")],
    ];
    let meanings = [
        "an idea that others can read",
        "the subgroup finds it in scope, and somebody carries it",
        "described so that it can be implemented, with criteria for being portable",
        "implementations are built and the criteria are worked towards",
        "the criteria are met and nothing is open (not settled yet by the Subgroup)",
        "agreed on as finished (not settled yet by the Subgroup)",
    ];
    criteria
        .into_iter()
        .zip(meanings)
        .enumerate()
        .map(|(number, (criteria, meaning))| Step {
            name: format!("phase {number}"),
            meaning: meaning.to_owned(),
            criteria,
        })
        .collect()
}

/// It says what it takes to be portable.
fn documented(proposal: &Proposal) -> Criterion {
    let asked = &proposal.criteria;
    let none = asked.open_source + asked.cloud == 0;
    counted(
        "it says what it takes to be portable",
        format!(
            "{} open source, {} cloud, {} operating systems",
            asked.open_source,
            asked.cloud,
            asked.systems.len()
        ),
        none.then(|| "its criteria ask for no implementation".to_owned()),
    )
}

/// The criteria are met, or a plan says how they will be.
fn planned(portable: &Criterion) -> Criterion {
    let asks = "its portability criteria are met, or a plan says how they will be";
    if portable.answer == Answer::Met {
        return counted(asks, portable.figures.clone(), None);
    }
    Criterion {
        figures: portable.figures.clone(),
        ..for_people(asks, "the Subgroup judges the plan in its pages")
    }
}

/// The proposals that it needs have come as far.
fn needed(
    input: PhaseInput<'_>,
    proposal: &Proposal,
    phase: usize,
    others: &mut Others,
) -> Criterion {
    let ids = proposal.requires.iter().map(|other| other.text.as_str());
    let behind: Vec<&str> = ids
        .filter(|id| reached(input, id, others).is_none_or(|reached| reached < phase))
        .collect();
    counted(
        &format!("the proposals that it needs are in phase {phase}"),
        match proposal.requires.len() {
            0 => "it needs none".to_owned(),
            number => format!("{} of {number}", number - behind.len()),
        },
        (!behind.is_empty()).then(|| format!("not there yet: {}", behind.join(", "))),
    )
}

/// The phase up to which nothing is missing for another proposal.
fn reached(input: PhaseInput<'_>, id: &str, others: &mut Others) -> Option<usize> {
    if let Some(known) = others.known.get(id) {
        return *known;
    }
    // A circle holds nothing up that something else does not.
    if others.open.iter().any(|open| open == id) {
        return Some(usize::MAX);
    }
    let proposals = input.catalog.proposals();
    let proposal = proposals.iter().find(|other| other.id.text == id)?;
    let standings = super::standings(input, proposal);
    others.open.push(id.to_owned());
    let steps = among(input, proposal, &Runs::of(&standings), others);
    others.open.pop();
    let last = ProposalPhase::reached(&steps);
    let found = last.and_then(|last| steps.iter().position(|step| step.name == last.name));
    others.known.insert(id.to_owned(), found);
    found
}
