//! Everything that the specification says, indexed.

use conformance_model::{Case, CatalogInfo, Clause, Feature, PackageInfo, Profile, SpecInfo};

use crate::check::Problem;
use crate::features::{self, Capability, Elsewhere};
use crate::limits::{self, PortableLimit};
use crate::proposals::{self, Proposal};
use crate::wit::{self, Documented, Interface};
use crate::{Sources, SpecError, check, clauses, digest, proposal_check};

/// The specification: packages, clauses, limits, features, profiles, proposals.
#[derive(Debug, Clone)]
pub struct Catalog {
    pub(crate) packages: Vec<PackageInfo>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) capabilities: Vec<Capability>,
    /// The doc comment of each package, by package without its version.
    pub(crate) package_docs: Vec<(String, String)>,
    pub(crate) limits: Vec<PortableLimit>,
    pub(crate) proposals: Vec<Proposal>,
    /// The page that lists the proposals.
    pub(crate) proposals_overview: Option<String>,
    pub(crate) folders_without_facts: Vec<String>,
    /// What was wrong with clauses and limits when they were read.
    problems: Vec<Problem>,
    documented: Vec<Documented>,
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
        let parsed = wit::parse(&sources.wit)?;
        let capabilities = features::parse(&sources.features)?;
        let (clauses, mut problems) = clauses::index(&parsed.documented, &sources.wit);
        let package_docs: Vec<_> = parsed.package_docs.into_iter().collect();
        let (limits, unreadable) = limits::parse(&package_docs);
        problems.extend(unreadable);
        let (proposals, folders_without_facts) = proposals::parse(&sources.proposals)?;
        let overview = sources.proposals.iter().find(|s| s.path == "README.md");
        Ok(Self {
            packages: parsed.packages,
            interfaces: parsed.interfaces,
            package_docs,
            documented: parsed.documented,
            wit_digest: digest::of_sources(&sources.wit),
            clause_index_digest: digest::of_clauses(&clauses),
            clauses,
            problems,
            capabilities,
            limits,
            proposals,
            proposals_overview: overview.map(|source| source.text.clone()),
            folders_without_facts,
        })
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
            docs: place.map_or("", |place| place.docs.trim()),
            feature: self.feature_of(clause),
        })
    }

    /// The ids that come closest to one that does not exist, best first: for
    /// `did you mean`.
    #[must_use]
    pub fn similar(&self, id: &str) -> Vec<&str> {
        let wanted = id.to_ascii_uppercase();
        let mut found: Vec<(usize, &str)> = self
            .clauses
            .iter()
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
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        problems.extend(check::features(self));
        problems.extend(check::limits(self));
        problems.extend(proposal_check::proposals(self));
        problems
    }

    /// What breaks the rules between the specification and the cases: ids that
    /// nothing stands behind, and clauses of stable interfaces that nothing
    /// covers.
    #[must_use]
    pub fn problems_with(&self, cases: &[Case]) -> Vec<Problem> {
        let mut problems = check::cases(self, cases);
        problems.extend(check::coverage(self, cases));
        problems
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
