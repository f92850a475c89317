//! How far a proposal has come: the steps of its own life, which `proposals/README.md`
//! describes, and the phases of WASI. Votes and judgements are people's; what files say
//! is counted here.

mod criteria;
mod life;
mod wasi;

use conformance_model::{
    Case, Coverage, ImplementationStanding, PhaseReport, ProposalPhase, Published, SCHEMA_VERSION,
    Status,
};

use crate::Catalog;
use crate::proposals::Proposal;

use criteria::Runs;

/// What the answer rests on.
#[derive(Debug, Clone, Copy)]
pub struct PhaseInput<'a> {
    /// The specification with the proposals.
    pub catalog: &'a Catalog,
    /// What proves which clause.
    pub coverage: &'a Coverage,
    /// The cases of the suite.
    pub cases: &'a [Case],
    /// The published runs.
    pub published: &'a [Published],
}

/// The proposals whose id, number or name this is; all without a name. A name that
/// stands for nothing gives an empty report.
#[must_use]
pub fn phases(input: PhaseInput<'_>, name: Option<&str>) -> PhaseReport {
    let proposals = input
        .catalog
        .proposals()
        .iter()
        .filter(|proposal| name.is_none_or(|name| is_named(&proposal.id.text, name)))
        .map(|proposal| one(input, proposal))
        .collect();
    PhaseReport {
        schema_version: SCHEMA_VERSION,
        proposals,
    }
}

/// Whether `0001-some-name` is called `0001-some-name`, `0001`, `1` or `some-name`.
fn is_named(id: &str, name: &str) -> bool {
    let (number, rest) = id.split_once('-').unwrap_or((id, ""));
    let is_number = name.parse::<u32>().is_ok() && number.parse::<u32>() == name.parse::<u32>();
    id == name || rest == name || is_number
}

fn one(input: PhaseInput<'_>, proposal: &Proposal) -> ProposalPhase {
    let implementations = standings(input, proposal);
    let runs = Runs::of(&implementations);
    let steps = life::steps(input, proposal, &runs);
    let wasi = wasi::phases(input, proposal, &runs);
    ProposalPhase {
        id: proposal.id.text.clone(),
        title: proposal.title.text.clone(),
        status: proposal.status.word().to_owned(),
        steps,
        wasi,
        implementations,
    }
}

/// The published runs of the packages of a proposal. Runs of another version of them
/// say nothing about this one.
fn standings(input: PhaseInput<'_>, proposal: &Proposal) -> Vec<ImplementationStanding> {
    let clauses = input.catalog.spec_info().clause_index_digest;
    input
        .published
        .iter()
        .filter(|run| {
            proposal.packages.iter().all(|wanted| {
                let packages = &run.report.spec.packages;
                packages
                    .iter()
                    .any(|package| format!("{}@{}", package.name, package.version) == wanted.text)
            })
        })
        .map(|run| {
            let counts = run
                .provider
                .capabilities
                .iter()
                .find(|report| report.capability == proposal.capability.text)
                .map(|report| report.counts.must.clone())
                .unwrap_or_default();
            let declared = &run.provider.features.declared;
            let mut remarks = Vec::new();
            if run.report.spec.clause_index_digest != clauses {
                remarks.push("measured on another text of the clauses".to_owned());
            }
            ImplementationStanding {
                label: run.label(),
                folder: run.folder.clone(),
                kind: run.implementation.kind,
                family: run.implementation.family.clone(),
                os: run.report.host.os.clone(),
                passed: counts.of(Status::Pass),
                of: counts.applicable(),
                declared: proposal
                    .features
                    .iter()
                    .map(|(_, id)| id.text.clone())
                    .filter(|id| declared.contains(id))
                    .collect(),
                shortcoming: run.shortcoming(&proposal.capability.text, input.cases),
                remarks,
            }
        })
        .collect()
}
