//! `conformance explain`: what stands behind an id.

use anstyle::Style;
use conformance_model::{Case, Clause, Feature, FeatureLevel};
use conformance_runner::Harness;

use crate::args::ExplainArgs;
use crate::nearest::nearest;
use crate::{Failure, output, setup};

const HEAD: Style = Style::new().bold();

pub(crate) fn run(args: &ExplainArgs) -> Result<u8, Failure> {
    let harness = setup::block_on(args.suite.harness())??;
    let id = args.id.trim();
    let page = Page::new(&harness);
    let text = if let Some(case) = page.cases().iter().find(|case| case.id == id) {
        page.case(case)
    } else if let Some(clause) = page.clause_of(id) {
        page.clause(clause)
    } else if let Some(feature) = harness.catalog.feature(id) {
        page.feature(feature)
    } else {
        return Err(page.unknown(id));
    };
    output::print(&text)?;
    Ok(0)
}

struct Page<'a> {
    harness: &'a Harness,
}

impl<'a> Page<'a> {
    fn new(harness: &'a Harness) -> Self {
        Self { harness }
    }

    fn cases(&self) -> &'a [Case] {
        self.harness.suite.cases()
    }

    /// Ids of clauses are written in capitals, and typed in any way.
    fn clause_of(&self, id: &str) -> Option<&'a Clause> {
        let catalog = &self.harness.catalog;
        catalog
            .clause(id)
            .or_else(|| catalog.clause(&id.to_uppercase()))
    }

    fn unknown(&self, id: &str) -> Failure {
        let catalog = &self.harness.catalog;
        let ids = self
            .cases()
            .iter()
            .map(|case| case.id.as_str())
            .chain(catalog.clauses().iter().map(|clause| clause.id.as_str()))
            .chain(catalog.features().map(|feature| feature.id.as_str()));
        let near = match nearest(id, ids) {
            Some(near) => format!("did you mean `{near}`? "),
            None => String::new(),
        };
        Failure::usage(format!("no case, clause or feature has the id `{id}`")).help(format!(
            "{near}`conformance list` shows the cases with their clauses and features"
        ))
    }

    fn case(&self, case: &Case) -> String {
        let mut out = Lines::default();
        out.head(&case.id, &format!("a {} case", case.level.word()));
        out.text(&case.title);
        for id in &case.clauses {
            out.gap();
            match self.harness.catalog.clause(id) {
                Some(clause) => {
                    out.head(id, &place(clause));
                    out.text(&clause.text);
                }
                None => out.head(id, "not in the specification"),
            }
            let others = self.proving(id, Some(&case.id));
            if !others.is_empty() {
                out.field("also proved", &others.join(", "));
            }
        }
        out.gap();
        if !case.requires.is_empty() {
            out.field("needs", &case.requires.join(", "));
        }
        if let Some(feature) = &case.refuses {
            out.field(
                "proves",
                &format!("that {feature} is refused where it is not declared"),
            );
        }
        let actors = match case.actors {
            0 => String::new(),
            number => format!(", {number} instances at a time"),
        };
        out.field("lane", &format!("{}{actors}", case.lane.as_str()));
        out.field("time limit", &format!("{} s", case.timeout_ns as f64 / 1e9));
        out.field("source", &case.source);
        let digest = case.digest.get(..12).unwrap_or(&case.digest);
        out.field(
            "component",
            &format!("{} (sha256 {digest}...)", case.component),
        );
        out.field(
            "run it",
            &format!("conformance --provider NAME --run {}", case.id),
        );
        out.0
    }

    fn clause(&self, clause: &Clause) -> String {
        let mut out = Lines::default();
        out.head(&clause.id, &place(clause));
        out.text(&clause.text);
        let Some(explanation) = self.harness.catalog.explain(&clause.id) else {
            return out.0;
        };
        out.gap();
        let item = clause.item.as_deref().unwrap_or("the interface itself");
        out.field(
            "stands in",
            &format!("{}/{}: {item}", clause.package, clause.interface),
        );
        if let Some(signature) = explanation.signature {
            out.field("signature", signature);
        }
        if let Some(feature) = explanation.feature {
            out.field("feature", &format!("{} ({})", feature.id, feature.title));
        }
        if clause.unstable {
            out.field("status", "unstable: under review, it decides nothing");
        }
        let proving = self.proving(&clause.id, None);
        if proving.is_empty() {
            let elsewhere = self.harness.catalog.elsewhere();
            let mut elsewhere = elsewhere
                .filter(|entry| entry.clause == clause.id)
                .peekable();
            if elsewhere.peek().is_none() {
                out.field("proved by", "no case");
            }
            for entry in elsewhere {
                out.field("proved by", &format!("{}: {}", entry.by, entry.why));
            }
        } else {
            out.field("proved by", &proving.join(", "));
            out.field("run them", &self.command(&proving));
        }
        if !explanation.docs.is_empty() {
            out.gap();
            out.head("what the specification says there", "");
            for line in explanation.docs.lines() {
                out.text(line);
            }
        }
        out.0
    }

    fn feature(&self, feature: &Feature) -> String {
        let mut out = Lines::default();
        let level = match feature.level {
            FeatureLevel::Core => "core: every provider of the capability has it",
            FeatureLevel::Extended => "extended: a provider declares it or refuses it",
            FeatureLevel::Unstable => "unstable: under review, it decides nothing",
        };
        out.head(&feature.id, level);
        out.text(&feature.title);
        out.gap();
        out.field("capability", &feature.capability);
        if !feature.interfaces.is_empty() {
            out.field("interfaces", &feature.interfaces.join(", "));
        }
        out.field("since", &feature.since);
        out.field("proposal", &format!("proposals/{}", feature.proposal));
        let profiles: Vec<&str> = self
            .harness
            .catalog
            .profiles()
            .filter(|profile| profile.features.contains(&feature.id))
            .map(|profile| profile.name.as_str())
            .collect();
        if !profiles.is_empty() {
            out.field("profiles", &profiles.join(", "));
        }
        let of_it: Vec<&str> = self
            .cases()
            .iter()
            .filter(|case| case.concerns(&feature.id))
            .map(|case| case.id.as_str())
            .collect();
        out.field(
            "cases",
            &match of_it.len() {
                0 => "none names it; it is part of what every case relies on".to_owned(),
                number => format!("{number}, see `conformance list --feature {}`", feature.id),
            },
        );
        let clauses = self.harness.catalog.clauses().iter().filter(|clause| {
            let switched = self.harness.catalog.feature_of(clause);
            switched.is_some_and(|switched| switched.id == feature.id)
        });
        let mut first = true;
        for clause in clauses {
            if first {
                out.gap();
                first = false;
            }
            out.field(&clause.id, &clause.text);
        }
        out.0
    }

    fn proving(&self, clause: &str, but: Option<&str>) -> Vec<&'a str> {
        self.cases()
            .iter()
            .filter(|case| case.clauses.iter().any(|id| id == clause))
            .map(|case| case.id.as_str())
            .filter(|&id| Some(id) != but)
            .collect()
    }

    fn command(&self, cases: &[&str]) -> String {
        let runs: Vec<String> = cases.iter().map(|id| format!("--run {id}")).collect();
        format!("conformance --provider NAME {}", runs.join(" "))
    }
}

fn place(clause: &Clause) -> String {
    format!(
        "{}, wit/{}:{}",
        clause.word.as_str(),
        clause.file,
        clause.line
    )
}

/// Lines of a page.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn head(&mut self, head: &str, rest: &str) {
        self.0.push_str(&format!("{HEAD}{head}{HEAD:#}"));
        if !rest.is_empty() {
            self.0.push_str(&format!("  {rest}"));
        }
        self.0.push('\n');
    }

    fn text(&mut self, text: &str) {
        self.0.push_str(format!("  {text}").trim_end());
        self.0.push('\n');
    }

    fn field(&mut self, name: &str, value: &str) {
        self.0.push_str(&format!("  {name:<11} {value}\n"));
    }

    fn gap(&mut self) {
        self.0.push('\n');
    }
}
