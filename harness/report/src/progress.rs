//! The progress line on a terminal, a fold over the events, or a plain counter of
//! steps. It writes to standard error and leaves nothing behind.

use std::collections::{BTreeMap, HashMap};
use std::io::IsTerminal;

use conformance_model::{Case, Event, EventLine, Level};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::text::{plain, short};

/// The progress line.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    red: u64,
    /// Of the cases that are no MUST; a failure of those is not red.
    levels: HashMap<String, Level>,
    /// What is running, by provider and case.
    running: BTreeMap<(String, String), u32>,
}

impl Progress {
    /// A line if standard error is a terminal where one is wanted, otherwise
    /// nothing: not in CI, and not where `NO_COLOR` asks for plain text.
    #[must_use]
    pub fn auto() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if wanted(std::io::stderr().is_terminal() && !dumb, set) {
            Self::on(ProgressDrawTarget::stderr())
        } else {
            Self::hidden()
        }
    }

    /// No line.
    #[must_use]
    pub fn hidden() -> Self {
        Self::on(ProgressDrawTarget::hidden())
    }

    fn on(target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        // The template is a constant; were it wrong, the default one would do.
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self {
            bar,
            red: 0,
            levels: HashMap::new(),
            running: BTreeMap::new(),
        }
    }

    /// Takes over of which level each case is; without that, every one counts
    /// as a MUST.
    #[must_use]
    pub fn with_cases(mut self, cases: &[Case]) -> Self {
        self.levels = cases
            .iter()
            .filter(|case| case.level != Level::Must)
            .map(|case| (case.id.clone(), case.level))
            .collect();
        self
    }

    /// Begins to count steps that are no cases of a run.
    pub fn count_to(&mut self, steps: u64) {
        self.bar.set_length(steps);
    }

    /// One more step is done.
    pub fn step(&mut self, name: &str, red: bool) {
        self.red += u64::from(red);
        self.bar.inc(1);
        let red = self.tell_red();
        self.bar
            .set_message(short(&plain(&format!("{red}{name}")), 120));
    }

    /// Takes an event.
    pub fn event(&mut self, line: &EventLine) {
        match &line.event {
            Event::RunStarted { planned, .. } => self.bar.set_length(*planned),
            Event::CaseStarted { provider, case, .. } => {
                *self
                    .running
                    .entry((provider.clone(), case.clone()))
                    .or_default() += 1;
            }
            Event::CaseFinished {
                provider,
                case,
                verdict,
                ..
            } => {
                let key = (provider.clone(), case.clone());
                if let Some(number) = self.running.get_mut(&key) {
                    *number -= 1;
                    if *number == 0 {
                        self.running.remove(&key);
                    }
                    self.bar.inc(1);
                }
                let level = self.levels.get(case).copied().unwrap_or(Level::Must);
                self.red += u64::from(verdict.status.is_red_at(level));
            }
            Event::RunFinished { .. } => {
                self.bar.finish_and_clear();
                return;
            }
            Event::ProviderStarted { .. }
            | Event::SetupFailed { .. }
            | Event::ProviderFinished { .. }
            | Event::Note { .. }
            | Event::Fault { .. } => {}
        }
        self.bar.set_message(self.message());
    }

    /// Takes the line away. For a run that ends without its last event.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn tell_red(&self) -> String {
        match self.red {
            0 => String::new(),
            number => format!("{number} red, "),
        }
    }

    /// What the line says beside the bar.
    fn message(&self) -> String {
        let red = self.tell_red();
        match self.running.keys().next() {
            Some((provider, case)) => short(&plain(&format!("{red}{provider} {case}")), 120),
            None => red,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Whether a progress line is wanted.
fn wanted(terminal: bool, set: impl Fn(&str) -> bool) -> bool {
    terminal && !set("CI") && !set("NO_COLOR")
}

#[cfg(test)]
mod tests {
    use super::*;
    use conformance_model::{Status, Verdict};

    #[test]
    fn only_a_terminal_of_a_person_has_one() {
        assert!(wanted(true, |_| false));
        assert!(!wanted(false, |_| false));
        assert!(!wanted(true, |name| name == "CI"));
        assert!(!wanted(true, |name| name == "NO_COLOR"));
    }

    #[test]
    fn steps_are_counted() {
        let mut progress = Progress::hidden();
        progress.count_to(2);
        progress.step("one", false);
        progress.step("two", true);
        assert_eq!(progress.bar.position(), 2);
        assert_eq!(progress.bar.message(), "1 red, two");
    }

    #[test]
    fn it_follows_the_events() {
        let mut progress = Progress::hidden();
        let started = |case: &str| Event::CaseStarted {
            provider: "memory".to_owned(),
            case: case.to_owned(),
            repetition: 1,
        };
        let finished = |case: &str, verdict| Event::CaseFinished {
            provider: "memory".to_owned(),
            case: case.to_owned(),
            repetition: 1,
            attempts: 1,
            duration_ms: 1.0,
            verdict,
        };
        for event in [started("a"), started("b"), finished("a", Verdict::pass())] {
            progress.event(&EventLine::new(0, event));
        }
        assert_eq!(progress.message(), "memory b");
        let failed = Verdict::because(Status::Fail, "x");
        progress.event(&EventLine::new(0, finished("b", failed)));
        assert_eq!(progress.message(), "1 red, ");
        assert_eq!(progress.bar.position(), 2);
        // A SHOULD that does not hold is not red.
        progress.levels.insert("s".to_owned(), Level::Should);
        let failed = Verdict::because(Status::Fail, "x");
        progress.event(&EventLine::new(0, finished("s", failed)));
        assert_eq!(progress.message(), "1 red, ");
        // One that never started does not move the bar.
        progress.event(&EventLine::new(0, finished("c", Verdict::pass())));
        assert_eq!(progress.bar.position(), 2);
    }
}
