//! `conformance spec check`: all checks over what there is, and an honest word on
//! what there is not.

use std::path::{Component, Path};

use conformance_model::{CHECK_SCHEMA_VERSION, CheckReport, CheckedCounts};

use super::input::{Input, Kind};
use super::references::references;
use super::{Place, Problem, Rule, Texts};
use crate::broken::{Broken, Part};
use crate::{Catalog, SpecError, proposal_check};

/// The largest file of a case that is looked into.
const LARGEST: u64 = 1 << 20;

/// Checks a checkout by its root, a folder of WIT, or one file of WIT.
///
/// # Errors
/// What cannot be read at all: no such file, no WIT, no text, far too much of it.
pub fn check(path: &Path) -> Result<CheckReport, SpecError> {
    let input = Input::open(path)?;
    let (mut catalog, broken) = Catalog::read(&input.sources, input.roots.clone())?;
    let mut run = Run {
        kind: input.kind,
        problems: Vec::new(),
        not_checked: Vec::new(),
        incomplete: false,
    };
    let readable = run.broken(broken);
    run.checks(&catalog, &readable);
    run.gates_once();
    let files = count(catalog.texts.count());
    if run.kind == Kind::Checkout {
        find_better(&mut run.problems, &mut catalog.texts, &input.root);
    }
    Ok(CheckReport {
        schema_version: CHECK_SCHEMA_VERSION,
        root: input.root.display().to_string(),
        checked: CheckedCounts {
            files,
            packages: count(catalog.packages().len()),
            clauses: count(catalog.clauses().len()),
            cases: count(catalog.cases().len()),
        },
        diagnostics: catalog.texts.diagnose(run.problems),
        not_checked: run.not_checked,
        incomplete: run.incomplete,
    })
}

fn count(number: usize) -> u64 {
    number as u64
}

/// Which parts could be parsed.
struct Readable {
    wit: bool,
    features: bool,
    proposals: bool,
    cases: bool,
}

struct Run {
    kind: Kind,
    problems: Vec<Problem>,
    not_checked: Vec<String>,
    incomplete: bool,
}

impl Run {
    fn leave_out(&mut self, sentence: impl Into<String>) {
        self.not_checked.push(sentence.into());
    }

    /// Tells of files that cannot be parsed.
    fn broken(&mut self, broken: Vec<Broken>) -> Readable {
        let mut readable = Readable {
            wit: true,
            features: true,
            proposals: true,
            cases: true,
        };
        for broken in broken {
            // One file does not hold what it uses from others, nor does a folder
            // hold the packages of others.
            let elsewhere = match self.kind {
                Kind::Checkout => None,
                Kind::Folder => broken.missing.filter(|name| name.contains(':')),
                Kind::File => broken.missing,
            };
            if let Some(name) = elsewhere {
                let sentence =
                    format!("whether the names fit together: {name} is not among these files");
                self.leave_out(sentence);
                continue;
            }
            if broken.problem.rule == Rule::Syntax {
                self.incomplete = true;
                *match broken.part {
                    Part::Wit => &mut readable.wit,
                    Part::Features => &mut readable.features,
                    Part::Proposals => &mut readable.proposals,
                    Part::Cases => &mut readable.cases,
                } = false;
            }
            if broken.problem.rule == Rule::GateDoubled {
                let sentence =
                    "whether the names fit together: each declaration needs one gate first";
                if !self.not_checked.iter().any(|known| known == sentence) {
                    self.leave_out(sentence);
                }
            }
            self.problems.push(broken.problem);
        }
        readable
    }

    fn checks(&mut self, catalog: &Catalog, readable: &Readable) {
        self.problems.extend(catalog.problems_of_wit());
        match self.kind {
            Kind::File => {
                self.leave_out("whether the clauses that it mentions exist: this is one file");
                self.leave_out("features, proposals and cases: this is one file");
                return;
            }
            Kind::Folder => {
                self.leave_out("features, proposals and cases: this is a folder of wit alone");
                if readable.wit {
                    self.problems.extend(references(catalog));
                }
                return;
            }
            Kind::Checkout => {}
        }
        if !readable.wit {
            self.leave_out("references, features, proposals and cases: the wit has to parse first");
            return;
        }
        if !readable.features {
            self.leave_out(
                "references, proposals and cases: the feature files have to parse first",
            );
            return;
        }
        let sources = &catalog.sources;
        self.problems.extend(references(catalog));
        if sources.features.is_empty() {
            self.leave_out("features and limits: there is no file in conformance/features/");
        } else {
            self.problems.extend(catalog.problems_of_features());
        }
        if sources.proposals.is_empty() {
            self.leave_out("proposals: there is no file in proposals/");
        } else {
            self.problems.extend(catalog.problems_of_proposals());
            if readable.proposals {
                self.problems
                    .extend(proposal_check::unlisted_features(catalog));
            }
        }
        if sources.cases.is_none() {
            self.leave_out("cases: there is no conformance/components/cases.json");
        } else if readable.cases {
            self.problems
                .extend(catalog.problems_of_cases(catalog.cases()));
        }
    }

    /// The parser tells of the first wrong gate, the check of gates of all of them.
    fn gates_once(&mut self) {
        for rule in [Rule::GateVersion, Rule::PackageVersion] {
            let has_help = |p: &Problem| p.rule == rule && p.help.is_some();
            if self.problems.iter().any(has_help) {
                self.problems.retain(|p| p.rule != rule || p.help.is_some());
            }
        }
    }
}

/// Points into the source of a case instead of the list of the cases.
fn find_better(problems: &mut [Problem], texts: &mut Texts, root: &Path) {
    for problem in problems {
        let Some(better) = &problem.better else {
            continue;
        };
        // The list may say anything; nothing outside of the checkout is read.
        let path = Path::new(&better.file);
        let inside = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside || path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        if texts.get(&better.file).is_none() {
            let path = root.join(path);
            let small = std::fs::metadata(&path).is_ok_and(|m| m.is_file() && m.len() <= LARGEST);
            if let Some(text) = small.then(|| std::fs::read_to_string(&path).ok()).flatten() {
                texts.add(&better.file, text);
            }
        }
        let quoted = format!("\"{}\"", better.text);
        if let Some(at) = texts.get(&better.file).and_then(|text| text.find(&quoted)) {
            let at = at + 1..at + 1 + better.text.len();
            problem.place = Place::of(better.file.clone(), at);
        }
    }
}
