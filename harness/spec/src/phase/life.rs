//! The life of a proposal in this repository: what each status asks for beyond the one
//! before it.

use conformance_model::{Criterion, ServiceKind, Step};

use super::PhaseInput;
use super::criteria::{self, Runs, counted, for_people};
use crate::proposals::{Proposal, ProposalStatus};

/// The steps, from the first.
pub(super) fn steps(input: PhaseInput<'_>, proposal: &Proposal, runs: &Runs<'_>) -> Vec<Step> {
    let step = |status: ProposalStatus, meaning: &str, criteria| Step {
        name: status.word().to_owned(),
        meaning: meaning.to_owned(),
        criteria,
    };
    let mut candidate = portability(proposal, runs);
    candidate.push(criteria::questions(proposal, false));
    candidate.push(criteria::champion(proposal));
    candidate.push(for_people(
        "the text is complete",
        "its champions say so; nothing counts what is not written",
    ));
    vec![
        step(
            ProposalStatus::Draft,
            "under discussion",
            vec![written(proposal)],
        ),
        step(
            ProposalStatus::Experimental,
            "in a package that may still change",
            vec![
                in_wit(input, proposal),
                criteria::proved(input.coverage, proposal),
                for_people(
                    "every case fails on some implementation that is wrong on purpose",
                    "`conformance selftest` says it, and the gate runs that",
                ),
                criteria::somebody(runs),
            ],
        ),
        step(
            ProposalStatus::Candidate,
            "complete; only faults are corrected",
            candidate,
        ),
        step(
            ProposalStatus::Stable,
            "in a package of version 1.0 or later",
            vec![
                grown_up(proposal),
                for_people(
                    "no meaning was corrected for one minor version as a candidate",
                    "`conformance spec diff` between the two versions says it",
                ),
            ],
        ),
    ]
}

/// The portability criteria that the proposal sets itself.
pub(super) fn portability(proposal: &Proposal, runs: &Runs<'_>) -> Vec<Criterion> {
    let asked = &proposal.criteria;
    vec![
        criteria::independent(runs, ServiceKind::OpenSource, asked.open_source),
        criteria::independent(runs, ServiceKind::Cloud, asked.cloud),
        criteria::systems(runs, &asked.systems),
        criteria::features(runs, proposal),
    ]
}

/// There is something to read.
pub(super) fn written(proposal: &Proposal) -> Criterion {
    let pages: Vec<&str> = proposal.pages.iter().map(String::as_str).collect();
    let has_page = pages.contains(&"README.md");
    counted(
        "it is written down: proposal.toml and a page",
        if pages.is_empty() {
            "no page".to_owned()
        } else {
            pages.join(", ")
        },
        (!has_page).then(|| "its folder has no README.md".to_owned()),
    )
}

/// Its packages are in `wit/`, and what it calls stable is.
pub(super) fn in_wit(input: PhaseInput<'_>, proposal: &Proposal) -> Criterion {
    let known: Vec<String> = input
        .catalog
        .packages()
        .iter()
        .map(|package| format!("{}@{}", package.name, package.version))
        .collect();
    let absent: Vec<&str> = proposal
        .packages
        .iter()
        .map(|package| package.text.as_str())
        .filter(|package| !known.iter().any(|known| known == package))
        .collect();
    let missing = if proposal.packages.is_empty() {
        Some("it names no package".to_owned())
    } else {
        (!absent.is_empty()).then(|| format!("wit/ has no {}", absent.join(", ")))
    };
    counted(
        "its packages are described in WIT",
        format!(
            "{} of {} packages",
            proposal.packages.len() - absent.len(),
            proposal.packages.len()
        ),
        missing,
    )
}

/// Its packages are of version 1.0 or later.
pub(super) fn grown_up(proposal: &Proposal) -> Criterion {
    let young: Vec<&str> = proposal
        .packages
        .iter()
        .map(|package| package.text.as_str())
        .filter(|package| {
            let version = package.rsplit_once('@').map_or("", |(_, version)| version);
            let major = version.split('.').next().unwrap_or_default();
            major.parse::<u64>().unwrap_or_default() == 0
        })
        .collect();
    counted(
        "its packages have version 1.0 or later",
        format!(
            "{} of {} packages",
            proposal.packages.len() - young.len(),
            proposal.packages.len()
        ),
        (!young.is_empty()).then(|| format!("still of version 0: {}", young.join(", "))),
    )
}
