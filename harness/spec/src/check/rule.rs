//! The rules, by their stable ids. The table is the whole of what
//! `conformance spec check` can complain about; how each is checked stands
//! elsewhere.

use conformance_model::{RuleInfo, Severity};

macro_rules! rules {
    ($($(#[$meta:meta])* $name:ident = $id:literal, $severity:ident, $summary:literal;)*) => {
        /// A rule of the specification's style.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $summary] $(#[$meta])* $name,)*
        }

        impl Rule {
            /// All rules, in the order in which they are listed.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its id, which is never given to another rule.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// What it demands, in one sentence.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self {
                    $(Self::$name => $summary,)*
                }
            }

            /// How much it matters.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }
        }
    };
}

rules! {
    Syntax = "syntax", Error,
        "A file is WIT, TOML or JSON of the expected shape.";
    Unresolved = "unresolved", Error,
        "Every name that the WIT uses is declared, and the packages fit together.";
    PackageVersion = "package-version", Error,
        "Every package has a version.";
    GateMissing = "gate-missing", Error,
        "Every interface, world, function, type, use, include, import and export has a gate: @since or @unstable.";
    GateDoubled = "gate-doubled", Error,
        "No declaration has more than one gate.";
    GateVersion = "gate-version", Error,
        "No gate names a later version than that of its package.";
    LanguageFeature = "language-feature", Error,
        "No part of the language is used that engines have switched off by default.";
    ClauseId = "clause-id", Error,
        "What stands in the brackets of a clause is a clause id, such as KV-GET-2.";
    ClausePrefix = "clause-prefix", Error,
        "All clauses of a package have one prefix, which no other package has.";
    ClauseTwice = "clause-reused", Error,
        "No clause id is used a second time.";
    ClauseGap = "clause-gap", Error,
        "The clauses of a group are numbered from 1 without holes: a dropped clause leaves a tombstone.";
    Tombstone = "clause-tombstone", Error,
        "A tombstone says why the clause was removed and in which version of the package, not a later one.";
    ClauseWord = "clause-word", Error,
        "A clause has exactly one word of RFC 2119, at its start: MUST, MUST NOT, SHOULD, SHOULD NOT or MAY.";
    ClauseSentence = "clause-sentence", Warning,
        "A clause is one sentence that ends in a full stop.";
    ClausePlace = "clause-place", Error,
        "A clause stands in the doc comment of an interface or of something in one.";
    StrayWord = "clause-without-id", Error,
        "A sentence with a word of RFC 2119 has a clause id.";
    UnknownClause = "unknown-clause", Error,
        "Every clause that is mentioned exists or has a tombstone, and a case cites none with a tombstone.";
    UnknownItem = "unknown-item", Error,
        "Every function, type or interface that a text names in full is declared.";
    UnknownFeature = "unknown-feature", Error,
        "Every feature, limit and capability that is mentioned exists.";
    NameCase = "name-case", Error,
        "Names are kebab case in lower-case letters.";
    NameReused = "name-reused", Warning,
        "A type has its name to itself: no other interface declares one of the same name.";
    NameSynonym = "name-synonym", Warning,
        "One thing is called by one word in all packages.";
    Layout = "layout", Error,
        "A package has a folder of its name, an interface a file of its name, and worlds stand in package.wit.";
    Overview = "overview", Error,
        "The tables of wit/README.md list every package with its prefix and every group of clauses with its file.";
    Feature = "feature", Error,
        "A feature or profile is declared once, completely, and fits its package.";
    FeatureTable = "feature-table", Error,
        "The table of features of a package says what its feature file says.";
    LimitTable = "limit-table", Error,
        "A limit is listed once, with a bound and a feature of its package.";
    Proposal = "proposal", Error,
        "A proposal and the rest of the specification fit together.";
    Elsewhere = "elsewhere", Error,
        "What is proved elsewhere is a clause that no case covers, with the test and the reason.";
    Case = "case", Error,
        "A case is described once and completely.";
    Level = "case-level", Error,
        "A case has the level of the strongest clause that it cites.";
    Requires = "case-requires", Error,
        "A case requires the features whose clauses it cites.";
    Uncovered = "uncovered-must", Error,
        "A case covers every MUST and MUST NOT of what is stable.";
}

impl Rule {
    /// It as data.
    #[must_use]
    pub fn info(self) -> RuleInfo {
        RuleInfo {
            id: self.id().to_owned(),
            severity: self.severity(),
            summary: self.summary().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_kebab_case_and_unique() {
        let mut seen = HashSet::new();
        for rule in Rule::ALL {
            let id = rule.id();
            assert!(
                id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{id}"
            );
            assert!(seen.insert(id), "{id}");
            assert!(rule.summary().ends_with('.'), "{id}");
        }
    }
}
