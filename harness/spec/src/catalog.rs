//! Everything that the specification says, indexed.

use conformance_model::{
    Case, CatalogInfo, Clause, Diagnostic, Feature, PackageInfo, Profile, SpecInfo,
};

use crate::broken::Broken;
use crate::check::{Problem, Roots, Texts};
use crate::clauses::Index;
use crate::features::{self, Capability, Elsewhere};
use crate::limits::{self, PortableLimit};
use crate::proposals::{self, Proposal, ProposalStatus};
use crate::wit::{self, Documented, File, Interface};
use crate::{Sources, SpecError, cases, check, clauses, digest, proposal_check};

/// The specification: packages, clauses, limits, features, profiles, proposals.
#[derive(Debug, Clone)]
pub struct Catalog {
    pub(crate) packages: Vec<PackageInfo>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) limits: Vec<PortableLimit>,
    pub(crate) proposals: Vec<Proposal>,
    /// The page that lists the proposals.
    pub(crate) proposals_overview: Option<String>,
    pub(crate) folders_without_facts: Vec<String>,
    cases: Vec<Case>,
    /// The texts that all this was read from.
    pub(crate) sources: Sources,
    pub(crate) texts: Texts,
    pub(crate) files: Vec<File>,
    pub(crate) documented: Vec<Documented>,
    pub(crate) index: Index,
    /// What was wrong with limits when they were read.
    problems: Vec<Problem>,
    wit_digest: String,
    clause_index_digest: String,
}

/// What stands around a clause.
#[derive(Debug, Clone, Copy)]
pub struct Explanation<'a> {
    /// The declaration of the function that the clause stands on, on one line.
    pub signature: Option<&'a str>,
    /// The doc comment of the item that the clause stands on, clauses included.
    pub docs: &'a str,
    /// The feature that switches the interface on.
    pub feature: Option<&'a Feature>,
}

impl Catalog {
    /// The specification that this program was built with.
    ///
    /// # Errors
    /// None for a program that was built from a tested tree.
    pub fn embedded() -> Result<Self, SpecError> {
        Self::new(&Sources::embedded())
    }

    /// Reads a specification.
    ///
    /// What can be read but breaks the rules of the specification's style is no
    /// error here; [`Catalog::problems`] tells of it.
    ///
    /// # Errors
    /// Text that is not WIT or not TOML, packages that do not fit together.
    pub fn new(sources: &Sources) -> Result<Self, SpecError> {
        let (catalog, broken) = Self::read(sources, Roots::default())?;
        match broken.into_iter().next() {
            None => Ok(catalog),
            Some(broken) => Err(broken.error),
        }
    }

    /// Reads what can be read of a specification, and says what cannot.
    ///
    /// # Errors
    /// No WIT, or more than anyone can read.
    pub(crate) fn read(sources: &Sources, roots: Roots) -> Result<(Self, Vec<Broken>), SpecError> {
        let texts = Texts::of(sources, roots);
        let (parsed, faults) = wit::read(&sources.wit)?;
        let mut broken: Vec<Broken> = faults
            .into_iter()
            .map(|fault| Broken::wit(fault, sources, &texts))
            .collect();
        let (capabilities, errors) = features::read(&sources.features);
        broken.extend(errors.into_iter().map(|e| Broken::features(e, &texts)));
        let cases = match sources.cases.as_ref().map(cases::parse) {
            Some(Err(error)) => {
                broken.push(Broken::cases(error, &texts));
                Vec::new()
            }
            Some(Ok(cases)) => cases,
            None => Vec::new(),
        };
        let folders = proposals::read(&sources.proposals);
        broken.extend(
            folders
                .broken
                .into_iter()
                .map(|e| Broken::proposals(e, &texts)),
        );
        let mut index = clauses::index(&parsed, &texts);
        let clauses = std::mem::take(&mut index.clauses);
        let (limits, problems) = limits::parse(&parsed.documented, &texts);
        let overview = sources.proposals.iter().find(|s| s.path == "README.md");
        let catalog = Self {
            packages: parsed.packages,
            interfaces: parsed.interfaces,
            documented: parsed.documented,
            files: parsed.files,
            wit_digest: digest::of_sources(&sources.wit),
            clause_index_digest: digest::of_clauses(&clauses),
            clauses,
            index,
            problems,
            capabilities,
            limits,
            proposals: folders.proposals,
            proposals_overview: overview.map(|source| source.text.clone()),
            folders_without_facts: folders.without_facts,
            cases,
            sources: sources.clone(),
            texts,
        };
        Ok((catalog, broken))
    }

    /// The cases as the committed list has them, by id. Their digests are empty:
    /// the list says what the cases demand, whoever built them.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The packages, by name.
    #[must_use]
    pub fn packages(&self) -> &[PackageInfo] {
        &self.packages
    }

    /// The clauses, by file and line.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The clause with this id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// All features, by capability.
    pub fn features(&self) -> impl Iterator<Item = &Feature> {
        self.capabilities.iter().flat_map(|c| &c.features)
    }

    /// The feature with this id.
    #[must_use]
    pub fn feature(&self, id: &str) -> Option<&Feature> {
        self.features().find(|feature| feature.id == id)
    }

    /// All profiles, by capability.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.capabilities.iter().flat_map(|c| &c.profiles)
    }

    /// The names of the capabilities.
    pub fn capabilities(&self) -> impl Iterator<Item = &str> {
        self.capabilities.iter().map(|c| c.name.as_str())
    }

    /// The clauses that other tests than guests prove.
    pub fn elsewhere(&self) -> impl Iterator<Item = &Elsewhere> {
        self.capabilities.iter().flat_map(|c| &c.elsewhere)
    }

    /// The limits that the packages list, with their portable bounds.
    #[must_use]
    pub fn limits(&self) -> &[PortableLimit] {
        &self.limits
    }

    /// The proposals, by number.
    #[must_use]
    pub fn proposals(&self) -> &[Proposal] {
        &self.proposals
    }

    /// Whether something is declared under a name such as `a:b/interface.item`,
    /// the package without its version.
    pub(crate) fn has_item(&self, name: &str) -> bool {
        self.documented.iter().any(|place| {
            let package = place.package.split('@').next().unwrap_or_default();
            place.item.as_ref().is_some_and(|item| {
                name.strip_prefix(package)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .and_then(|rest| rest.strip_prefix(place.interface.as_str()))
                    .and_then(|rest| rest.strip_prefix('.'))
                    == Some(item)
            })
        })
    }

    /// The feature that switches on the interface that a clause stands in.
    #[must_use]
    pub fn feature_of(&self, clause: &Clause) -> Option<&Feature> {
        self.capabilities
            .iter()
            .filter(|capability| capability.package == clause.package)
            .flat_map(|capability| &capability.features)
            .find(|feature| feature.interfaces.contains(&clause.interface))
    }

    /// What stands around the clause with this id.
    #[must_use]
    pub fn explain(&self, id: &str) -> Option<Explanation<'_>> {
        let clause = self.clause(id)?;
        let place = self.documented.iter().find(|place| {
            place.package == clause.package
                && place.interface == clause.interface
                && place.item == clause.item
        });
        Some(Explanation {
            signature: place.and_then(|place| place.signature.as_deref()),
            docs: place.map_or("", |place| place.docs.text.trim()),
            feature: self.feature_of(clause),
        })
    }

    /// The ids that come closest to one that does not exist, best first: for
    /// `did you mean`.
    #[must_use]
    pub fn similar(&self, id: &str) -> Vec<&str> {
        // Nothing comes close to what is much longer than an id.
        if id.len() > 64 {
            return Vec::new();
        }
        let wanted = id.to_ascii_uppercase();
        let mut found: Vec<(usize, &str)> = self
            .clauses
            .iter()
            .filter(|clause| clause.id.len().abs_diff(wanted.len()) <= 2)
            .map(|clause| (distance(&wanted, &clause.id), clause.id.as_str()))
            .filter(|&(far, _)| far <= 2)
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).take(3).collect()
    }

    /// What an event stream says of the specification.
    #[must_use]
    pub fn spec_info(&self) -> SpecInfo {
        SpecInfo {
            packages: self.packages.clone(),
            wit_digest: self.wit_digest.clone(),
            clause_index_digest: self.clause_index_digest.clone(),
        }
    }

    /// What a report needs to know, together with the cases of the suite.
    #[must_use]
    pub fn info(&self, cases: Vec<Case>) -> CatalogInfo {
        CatalogInfo {
            cases,
            clauses: self.clauses.clone(),
            features: self.features().cloned().collect(),
            profiles: self.profiles().cloned().collect(),
        }
    }

    /// What breaks the rules in the specification itself.
    #[must_use]
    pub fn problems(&self) -> Vec<Diagnostic> {
        let mut problems = self.problems_of_wit();
        problems.extend(check::references(self));
        problems.extend(self.problems_of_features());
        problems.extend(self.problems_of_proposals());
        problems.extend(proposal_check::unlisted_features(self));
        self.texts.diagnose(problems)
    }

    /// What breaks the rules between the specification and the cases: ids that
    /// nothing stands behind, and clauses of stable interfaces that nothing
    /// covers.
    #[must_use]
    pub fn problems_with(&self, cases: &[Case]) -> Vec<Diagnostic> {
        self.texts.diagnose(self.problems_of_cases(cases))
    }

    pub(crate) fn problems_of_wit(&self) -> Vec<Problem> {
        let mut problems = self.index.problems.clone();
        problems.extend(check::gates(self));
        problems.extend(check::names(self));
        problems.extend(check::overview(self));
        problems
    }

    pub(crate) fn problems_of_features(&self) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        problems.extend(check::features(self));
        problems.extend(check::limits(self));
        problems.extend(check::layout(self));
        problems
    }

    pub(crate) fn problems_of_proposals(&self) -> Vec<Problem> {
        proposal_check::proposals(self)
    }

    pub(crate) fn problems_of_cases(&self, cases: &[Case]) -> Vec<Problem> {
        let mut problems = check::cases(self, cases);
        problems.extend(check::coverage(self, cases));
        problems
    }

    /// Whether a proposal that is still under discussion brings the package.
    #[must_use]
    pub(crate) fn is_draft(&self, package: &str) -> bool {
        self.proposals
            .iter()
            .filter(|proposal| proposal.status == ProposalStatus::Draft)
            .any(|proposal| {
                proposal
                    .packages
                    .iter()
                    .any(|stated| stated.text == package)
            })
    }

    /// The clauses of stable interfaces that no case cites and that are not
    /// listed as proved elsewhere, whatever their word.
    #[must_use]
    pub fn uncovered(&self, cases: &[Case]) -> Vec<&Clause> {
        self.clauses
            .iter()
            .filter(|clause| !clause.unstable)
            .filter(|clause| !cases.iter().any(|case| case.clauses.contains(&clause.id)))
            .filter(|clause| !self.elsewhere().any(|entry| entry.clause == clause.id))
            .collect()
    }
}

/// How many characters have to be changed, added or removed to make one text
/// the other.
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
