//! What people are told, in which order, whatever the format: who failed and
//! how, what was not run, what the verdict is in words.

use conformance_model::{
    CaseStatus, Conclusion, Counts, ExitCode, Level, ProviderReport, RunReport, Status, TestReport,
};

use crate::text::{count, names, plain};

/// A result that people are told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding<'a> {
    pub(crate) provider: &'a ProviderReport,
    pub(crate) test: &'a TestReport,
}

/// Results that share a fate and are told together.
#[derive(Debug, Clone)]
pub(crate) struct Group<'a> {
    pub(crate) provider: &'a ProviderReport,
    pub(crate) status: Status,
    pub(crate) reason: &'a str,
    pub(crate) tests: Vec<&'a TestReport>,
}

impl Group<'_> {
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.tests.iter().map(|test| test.id.as_str()).collect()
    }
}

/// The red results of cases that broke something, each to be told by itself:
/// those of a MUST that the provider broke and those that the user's list got
/// wrong.
pub(crate) fn failures(report: &RunReport) -> Vec<Finding<'_>> {
    let order = |status: Status| Status::ALL.iter().position(|&other| other == status);
    let mut found: Vec<Finding<'_>> = report
        .tests()
        .map(|(provider, test)| Finding { provider, test })
        .filter(|finding| finding.test.is_red() && !is_grouped(finding.test.status))
        .collect();
    found.sort_by_key(|finding| order(finding.test.status));
    found
}

/// The red results that say nothing about a clause, grouped by their reason:
/// hundreds of them may have the same one.
pub(crate) fn errors(report: &RunReport) -> Vec<Group<'_>> {
    groups(report, |test| test.is_red() && is_grouped(test.status))
}

/// What is worth telling and not red: a SHOULD that did not hold, a provisional
/// case that failed, a known failure, an undeclared feature that works.
pub(crate) fn remarks(report: &RunReport) -> Vec<Group<'_>> {
    groups(report, |test| {
        let seen = test.status.is_red() && test.status != Status::NotRun;
        !test.is_red() && (seen || matches!(test.status, Status::Xfail | Status::Underclaim))
    })
}

/// What did not run, and why: because of the user's filter, or because a feature
/// is not declared.
pub(crate) fn left_out(report: &RunReport) -> Vec<Group<'_>> {
    groups(report, |test| {
        matches!(test.status, Status::Skip | Status::Unsupported)
    })
}

fn is_grouped(status: Status) -> bool {
    matches!(status, Status::Error | Status::NotRun)
}

fn groups<'a>(report: &'a RunReport, wanted: impl Fn(&TestReport) -> bool) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (provider, test) in report.tests().filter(|(_, test)| wanted(test)) {
        let reason = test.why();
        let known = groups.iter_mut().find(|group| {
            std::ptr::eq(group.provider, provider)
                && group.status == test.status
                && group.reason == reason
        });
        match known {
            Some(group) => group.tests.push(test),
            None => groups.push(Group {
                provider,
                status: test.status,
                reason,
                tests: vec![test],
            }),
        }
    }
    groups
}

/// Why a red status is not red for this case, if it is not.
pub(crate) fn mitigation(test: &TestReport) -> Option<&'static str> {
    match (test.case_status, test.level) {
        (CaseStatus::Provisional, _) => Some("provisional, does not count"),
        (CaseStatus::Deprecated, _) => Some("deprecated, does not count"),
        (CaseStatus::Stable, Level::Should) => Some("SHOULD, does not count"),
        (CaseStatus::Stable, Level::May) => Some("MAY, does not count"),
        (CaseStatus::Stable, Level::Must) => None,
    }
}

/// How many of each: `12 pass, 1 fail, 2 unsupported`.
pub(crate) fn tell_counts(counts: &Counts) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(status, number)| format!("{number} {}", status.as_str()))
        .collect();
    if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    }
}

/// The verdict on all providers in words: `not conformant: good is conformant,
/// bad is not conformant`.
pub(crate) fn verdict(report: &RunReport) -> String {
    let each: Vec<String> = report
        .providers
        .iter()
        .map(|provider| {
            let name = plain(&provider.provider.name);
            format!("{name} is {}", predicate(provider))
        })
        .collect();
    match ExitCode::of(report) {
        ExitCode::Harness => format!(
            "the harness failed, so no verdict holds: {}",
            report.run.faults.first().map_or_else(
                || "a guest ended in an error of its own".to_owned(),
                |fault| plain(fault)
            )
        ),
        ExitCode::NothingRan => "nothing ran: no case was selected".to_owned(),
        _ => each.join(", "),
    }
}

fn predicate(provider: &ProviderReport) -> String {
    let is_open = |test: &&TestReport| test.status == Status::NotRun;
    let not_run = provider.tests.iter().filter(is_open).count() as u64;
    let words = match provider.conclusion {
        Conclusion::Error => "undecided (error)",
        // What was asked for and did not run is red.
        Conclusion::Partial if not_run > 0 => {
            return format!("partly tested: {} did not run", count(not_run, "case"));
        }
        Conclusion::Partial => "partly tested, nothing red",
        other => other.words(),
    };
    words.to_owned()
}

/// The counts of all providers together.
pub(crate) fn total(report: &RunReport) -> Counts {
    report.tests().map(|(_, test)| test.status).collect()
}

/// One line about a group: whose, how many, why, which.
pub(crate) fn tell_group(group: &Group<'_>, shown: usize) -> String {
    format!(
        "{}, {}: {} ({})",
        plain(&group.provider.provider.name),
        count(group.tests.len() as u64, "case"),
        plain(group.reason),
        plain(&names(&group.ids(), shown)),
    )
}
