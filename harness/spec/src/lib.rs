//! The specification as data: packages, interfaces, clauses, limits, features,
//! profiles, proposals, read from `wit/`, `conformance/features/` and
//! `proposals/` into a [`Catalog`], and the checks that hold them and the cases
//! together.
//!
//! The folders are embedded, so that a program needs no checkout. This crate
//! runs nothing: it knows no engine, no provider and no report.
#![deny(missing_docs)]

mod broken;
mod bundle;
mod cases;
mod catalog;
mod check;
mod clauses;
mod coverage;
mod diff;
mod digest;
pub mod docs;
mod features;
mod limits;
mod load;
mod phase;
mod proposal_check;
mod proposals;
mod prose;
pub mod published;
mod shape;
mod source;
mod tables;
mod wit;

pub use bundle::{Bundle, BundleError, BundleFacts, bundle};
pub use cases::render_cases;
pub use catalog::{Catalog, Explanation, distance};
pub use check::{Rule, check};
pub use coverage::coverage;
pub use diff::{Context, diff};
pub use features::Elsewhere;
pub use limits::{Bound, PortableLimit};
pub use load::{LoadError, Wit};
pub use phase::{PhaseInput, phases};
pub use proposals::{Criteria, Decision, OpenQuestion, Proposal, ProposalStatus, Stated};
pub use published::{PublishedError, published};
pub use source::{Source, Sources};

/// Why the specification could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// A file or folder could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A link whose target is not there.
    #[error("{path} is a link to {target}, which does not exist")]
    Link {
        /// Which.
        path: String,
        /// Where it leads.
        target: String,
    },
    /// There is nothing to read.
    #[error("no {kind} files in {path}")]
    Empty {
        /// Where.
        path: String,
        /// What was looked for: `wit` or `toml`.
        kind: &'static str,
    },
    /// What was named is neither a folder nor a WIT file.
    #[error("{0} is neither a folder nor a .wit file")]
    Kind(String),
    /// A file holds bytes that are no text.
    #[error("{path} is not UTF-8 from byte {at} on")]
    Utf8 {
        /// Which.
        path: String,
        /// The first byte that belongs to no character, counted from 0.
        at: usize,
    },
    /// The WIT files are too large to be read together.
    #[error("the wit files have {bytes} bytes together, more than {limit}")]
    TooLarge {
        /// How large they are.
        bytes: usize,
        /// How large they may be.
        limit: usize,
    },
    /// A WIT file is not WIT, or the packages do not fit together.
    #[error("{0}")]
    Wit(String),
    /// The facts of a feature file or a proposal are no TOML, or have other keys
    /// than they should. The source names the line.
    #[error("{path}: {source}")]
    Toml {
        /// Which file.
        path: String,
        /// What is wrong in it.
        source: Box<toml::de::Error>,
    },
    /// The list of the cases is no JSON, or has another shape.
    #[error("conformance/components/cases.json: {source}")]
    Cases {
        /// What is wrong in it.
        source: serde_json::Error,
    },
}
