//! From the options that choose cases to a selection, and what to say when it
//! is empty.

use cloud_contract::Capability;
use conformance_model::{Case, Lane, Level};
use conformance_runner::{Patterns, Selection};

use crate::args::{CapabilityArg, LaneArg, LevelArg, SelectionArgs};
use crate::nearest::nearest;
use crate::redact::FILE;
use crate::{Failure, setup};

impl SelectionArgs {
    /// Resolves patterns and files.
    pub(crate) fn resolve(&self) -> Result<Selection, Failure> {
        let patterns = |given: &[String]| {
            let given: Vec<&str> = setup::one_a_line(given).collect();
            if given.is_empty() {
                return Ok(None);
            }
            Patterns::parse(&given)
                .map(Some)
                .map_err(|error| Failure::usage(error).help(PATTERN_HELP))
        };
        let run = patterns(&self.run)?;
        if run.as_ref().is_some_and(Patterns::is_empty) {
            return Err(
                Failure::nothing_ran("no case is selected: the pattern file is empty")
                    .help(PATTERN_HELP),
            );
        }
        Ok(Selection {
            run,
            capabilities: self.capabilities(),
            skip: patterns(&self.skip)?,
            levels: self.levels.iter().map(|&level| level.into()).collect(),
            lanes: self.lanes.iter().map(|&lane| lane.into()).collect(),
        })
    }

    /// The capabilities that were named.
    pub(crate) fn capabilities(&self) -> Vec<Capability> {
        self.capabilities
            .iter()
            .map(|&named| named.into())
            .collect()
    }

    /// The choices as they were given.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
        for pattern in setup::one_a_line(&self.run) {
            add("--run", pattern.to_owned());
        }
        for capability in self.capabilities() {
            add("--capability", capability.name().to_owned());
        }
        for pattern in setup::one_a_line(&self.skip) {
            add("--skip", pattern.to_owned());
        }
        for &level in &self.levels {
            add("--level", Level::from(level).word().to_lowercase());
        }
        for &lane in &self.lanes {
            add("--lane", Lane::from(lane).as_str().to_owned());
        }
        words
    }
}

/// The words of a report: a file with patterns is a place of this machine.
pub(crate) fn recorded(words: Vec<String>) -> Vec<String> {
    words
        .into_iter()
        .map(|word| match word.strip_prefix('@') {
            Some(_) => format!("@{FILE}"),
            None => word,
        })
        .collect()
}

const PATTERN_HELP: &str = "a pattern is an id with `*` for anything, such as 'kv.get.*'; `conformance list` shows all ids";

/// The patterns of an option that no case matches.
pub(crate) fn idle_patterns<'a>(patterns: Option<&'a Patterns>, cases: &[Case]) -> Vec<&'a String> {
    let texts = patterns.map_or(&[][..], Patterns::texts);
    texts
        .iter()
        .filter(|text| {
            // It was parsed before, together with the others.
            Patterns::parse(&[text.as_str()])
                .is_ok_and(|one| !cases.iter().any(|case| one.matches(&case.id)))
        })
        .collect()
}

/// Why nothing is selected.
pub(crate) fn nothing_selected(
    args: &SelectionArgs,
    selection: &Selection,
    cases: &[Case],
) -> Failure {
    let idle = idle_patterns(selection.run.as_ref(), cases);
    let (message, near) = if idle.is_empty() {
        let message = format!("no case matches all of {}", args.words().join(" "));
        (message, None)
    } else {
        let quoted: Vec<String> = idle.iter().map(|text| format!("`{text}`")).collect();
        let ids = cases.iter().map(|case| case.id.as_str());
        let near = idle.first().and_then(|text| nearest(text, ids));
        let message = format!(
            "no case is selected: --run {} matches nothing",
            quoted.join(", ")
        );
        (message, near)
    };
    let help = match near {
        Some(id) => format!("did you mean `{id}`? `conformance list` shows all ids"),
        None => PATTERN_HELP.to_owned(),
    };
    Failure::nothing_ran(message).help(help)
}

impl From<CapabilityArg> for Capability {
    fn from(capability: CapabilityArg) -> Self {
        match capability {
            CapabilityArg::Keyvalue => Self::Keyvalue,
            CapabilityArg::Blobstore => Self::Blobstore,
        }
    }
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Must => Self::Must,
            LevelArg::Should => Self::Should,
            LevelArg::May => Self::May,
        }
    }
}

impl From<LaneArg> for Lane {
    fn from(lane: LaneArg) -> Self {
        match lane {
            LaneArg::Fast => Self::Fast,
            LaneArg::Slow => Self::Slow,
            LaneArg::Concurrency => Self::Concurrency,
        }
    }
}
