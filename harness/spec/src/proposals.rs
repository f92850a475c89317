//! The files of `proposals/`, read strictly: one folder for each proposal, its
//! facts in `proposal.toml`, its questions as headings of its pages. Whether they
//! fit the rest of the specification is for `proposal_check` to find out.

use std::collections::BTreeMap;
use std::ops::Range;

use conformance_model::FeatureLevel;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::features::place;
use crate::{Source, SpecError};

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The text.
    pub text: String,
    /// The line of the file, counted from 1.
    pub line: usize,
    /// Its bytes in the file.
    pub(crate) at: Range<usize>,
}

/// How far a proposal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProposalStatus {
    /// Under discussion.
    Draft,
    /// In a package that may still change.
    Experimental,
    /// Only faults are corrected.
    Candidate,
    /// In a package of version 1.0 or later.
    Stable,
    /// Given up.
    Withdrawn,
    /// Replaced by another.
    Superseded,
}

impl ProposalStatus {
    /// The word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Experimental => "experimental",
            Self::Candidate => "candidate",
            Self::Stable => "stable",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
        }
    }

    /// Whether what it argues for stands in `wit/`.
    pub(crate) fn is_in_force(self) -> bool {
        matches!(self, Self::Experimental | Self::Candidate | Self::Stable)
    }
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The path of `proposal.toml`, from the root of `proposals/`.
    pub path: String,
    /// The name of its folder.
    pub id: Stated,
    /// A few words.
    pub title: Stated,
    /// How far it has come.
    pub status: ProposalStatus,
    /// The capability that it is about.
    pub capability: Stated,
    /// The packages that it brings or changes, with their versions.
    pub packages: Vec<Stated>,
    /// Who answers for it.
    pub champions: Vec<String>,
    /// Proposals that it replaces.
    pub supersedes: Vec<Stated>,
    /// Proposals that it needs.
    pub requires: Vec<Stated>,
    /// The features that it brings.
    pub features: Vec<(FeatureLevel, Stated)>,
    /// What it asks for before it is a candidate.
    pub criteria: Criteria,
    /// Settled questions.
    pub decisions: Vec<Decision>,
    /// Questions that are not settled.
    pub open: Vec<OpenQuestion>,
    /// The pages in its folder.
    pub(crate) pages: Vec<String>,
    pub(crate) schema: u32,
    pub(crate) schema_at: Range<usize>,
    pub(crate) has_day: bool,
    pub(crate) created_at: Range<usize>,
    pub(crate) status_at: Range<usize>,
    pub(crate) decision_headings: Vec<Heading>,
    pub(crate) open_headings: Vec<Heading>,
}

/// What a proposal asks for before it is a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    /// How many independent open source services have to pass.
    pub open_source: usize,
    /// How many clouds have to pass.
    pub cloud: usize,
    /// The operating systems that the suite has to run on.
    pub systems: Vec<&'static str>,
    /// Features that have to be declared widely.
    pub features: Vec<Stated>,
}

/// A settled question of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// `D` and a number.
    pub id: Stated,
    /// What was asked.
    pub question: Stated,
    /// The clauses that hold the answer.
    pub clauses: Vec<Stated>,
    /// The declarations that are the answer, as `a:b/interface.item`.
    pub signatures: Vec<Stated>,
    /// Where it was asked.
    pub references: Vec<String>,
}

/// A question of a proposal that is not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion {
    /// `O` and a number.
    pub id: Stated,
    /// What is asked.
    pub question: Stated,
    /// Whether the proposal cannot become a candidate before it is settled.
    pub blocking: bool,
}

/// A question as a heading of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The page, from the root of `proposals/`.
    pub(crate) page: String,
    pub(crate) line: usize,
    pub(crate) at: Range<usize>,
    pub(crate) id: String,
    pub(crate) question: String,
}

/// `proposal.toml`, as it stands. `proposals/README.md` describes the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    schema: Spanned<u32>,
    id: Spanned<String>,
    title: Spanned<String>,
    status: Spanned<ProposalStatus>,
    capability: Spanned<String>,
    packages: Vec<Spanned<String>>,
    created: Spanned<Datetime>,
    champions: Vec<String>,
    supersedes: Vec<Spanned<String>>,
    requires: Vec<Spanned<String>>,
    core_features: Vec<Spanned<String>>,
    extended_features: Vec<Spanned<String>>,
    unstable_features: Vec<Spanned<String>>,
    criteria: CriteriaEntry,
    decision: Vec<DecisionEntry>,
    #[serde(default)]
    open: Vec<OpenEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CriteriaEntry {
    open_source_providers: u32,
    cloud_providers: u32,
    operating_systems: Vec<OperatingSystem>,
    features: Vec<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OperatingSystem {
    Linux,
    Macos,
    Windows,
}

impl OperatingSystem {
    /// The word for it in files and reports.
    fn word(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Macos => "macos",
            Self::Windows => "windows",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionEntry {
    id: Spanned<String>,
    question: Spanned<String>,
    clauses: Vec<Spanned<String>>,
    #[serde(default)]
    signatures: Vec<Spanned<String>>,
    references: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenEntry {
    id: Spanned<String>,
    question: Spanned<String>,
    blocking: bool,
}

/// What a folder of proposals holds.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    /// By their folders.
    pub(crate) proposals: Vec<Proposal>,
    /// Folders without `proposal.toml`.
    pub(crate) without_facts: Vec<String>,
    /// Facts that cannot be read.
    pub(crate) broken: Vec<SpecError>,
}

/// Reads the proposals, by their folders.
pub(crate) fn read(sources: &[Source]) -> Folders {
    let mut folders: BTreeMap<&str, BTreeMap<&str, &Source>> = BTreeMap::new();
    for source in sources {
        if let Some((folder, file)) = source.path.split_once('/') {
            folders.entry(folder).or_default().insert(file, source);
        }
    }
    let mut found = Folders::default();
    for (folder, files) in folders {
        let Some(facts) = files.get("proposal.toml") else {
            found.without_facts.push(folder.to_owned());
            continue;
        };
        let headings = |file, letter| {
            files
                .get(file)
                .map(|page| headings(page, letter))
                .unwrap_or_default()
        };
        match parse_one(facts) {
            Ok(mut proposal) => {
                let pages = files.keys().filter(|file| file.ends_with(".md"));
                proposal.pages = pages.map(|&page| page.to_owned()).collect();
                proposal.decision_headings = headings("decisions.md", 'D');
                proposal.open_headings = headings("README.md", 'O');
                found.proposals.push(proposal);
            }
            Err(error) => found.broken.push(error),
        }
    }
    found
}

fn parse_one(source: &Source) -> Result<Proposal, SpecError> {
    let file: File = toml::from_str(&source.text).map_err(|error| SpecError::Toml {
        path: source.path.clone(),
        source: Box::new(error),
    })?;
    let stated = |value: Spanned<String>| {
        let before = source.text.as_bytes().iter().take(value.span().start);
        Stated {
            line: 1 + before.filter(|&&byte| byte == b'\n').count(),
            at: place(&value, &source.text),
            text: value.into_inner(),
        }
    };
    let all = |values: Vec<Spanned<String>>| values.into_iter().map(stated).collect::<Vec<_>>();
    let features = [
        (FeatureLevel::Core, file.core_features),
        (FeatureLevel::Extended, file.extended_features),
        (FeatureLevel::Unstable, file.unstable_features),
    ];
    Ok(Proposal {
        path: source.path.clone(),
        id: stated(file.id),
        title: stated(file.title),
        status_at: place(&file.status, &source.text),
        status: file.status.into_inner(),
        capability: stated(file.capability),
        packages: all(file.packages),
        champions: file.champions,
        supersedes: all(file.supersedes),
        requires: all(file.requires),
        features: features
            .into_iter()
            .flat_map(|(level, ids)| all(ids).into_iter().map(move |id| (level, id)))
            .collect(),
        criteria: Criteria {
            open_source: file.criteria.open_source_providers as usize,
            cloud: file.criteria.cloud_providers as usize,
            systems: (file.criteria.operating_systems.into_iter())
                .map(OperatingSystem::word)
                .collect(),
            features: all(file.criteria.features),
        },
        decisions: file
            .decision
            .into_iter()
            .map(|entry| Decision {
                id: stated(entry.id),
                question: stated(entry.question),
                clauses: all(entry.clauses),
                signatures: all(entry.signatures),
                references: entry.references,
            })
            .collect(),
        open: file
            .open
            .into_iter()
            .map(|entry| OpenQuestion {
                id: stated(entry.id),
                question: stated(entry.question),
                blocking: entry.blocking,
            })
            .collect(),
        schema_at: file.schema.span(),
        schema: file.schema.into_inner(),
        created_at: file.created.span(),
        has_day: {
            let created = file.created.into_inner();
            created.date.is_some() && created.time.is_none()
        },
        pages: Vec::new(),
        decision_headings: Vec::new(),
        open_headings: Vec::new(),
    })
}

/// The headings of a page that begin with a letter, a number and a colon.
fn headings(page: &Source, letter: char) -> Vec<Heading> {
    let mut found = Vec::new();
    let mut in_block = false;
    let mut next = 0;
    for (whole, number) in page.text.split_inclusive('\n').zip(1..) {
        let start = next;
        next += whole.len();
        let line = whole.trim_end();
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block || !line.starts_with('#') {
            continue;
        }
        let heading = line.trim_start_matches('#').trim();
        if let Some((id, question)) = heading.split_once(": ")
            && number_of(id, letter).is_some()
        {
            found.push(Heading {
                page: page.path.clone(),
                line: number,
                at: start..start + line.len(),
                id: id.to_owned(),
                question: question.to_owned(),
            });
        }
    }
    found
}

/// The number in an id such as `D12`.
pub(crate) fn number_of(id: &str, letter: char) -> Option<u32> {
    let number = id.strip_prefix(letter)?;
    let plain = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    if plain { number.parse().ok() } else { None }
}
