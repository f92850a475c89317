//! How far proposals are, as text. What counts is decided elsewhere.

use conformance_model::{Answer, PhaseReport, ProposalPhase, Step};

use crate::text::{plain, wrap};

/// The proposals, in lines of so many characters where words allow it.
#[must_use]
pub fn render(report: &PhaseReport, columns: usize) -> String {
    let proposals: Vec<String> = report
        .proposals
        .iter()
        .map(|proposal| one(proposal, columns))
        .collect();
    proposals.join("\n")
}

fn one(proposal: &ProposalPhase, columns: usize) -> String {
    let mut out = format!(
        "{}: {} ({})\n",
        plain(&proposal.id),
        plain(&proposal.title),
        plain(&proposal.status)
    );
    out.push_str("\nIts own life\n");
    for step in &proposal.steps {
        tell(step, columns, &mut out);
    }
    out.push_str(&sentence(&proposal.steps, "The criteria are met up to"));
    out.push_str("\nPhases of WASI\n");
    for step in &proposal.wasi {
        tell(step, columns, &mut out);
    }
    out.push_str(&sentence(
        &proposal.wasi,
        "Votes aside, nothing is missing up to",
    ));
    out.push_str("\nPublished implementations\n");
    if proposal.implementations.is_empty() {
        out.push_str("  none\n");
    }
    for run in &proposal.implementations {
        let mut told = format!(
            "{}, {}, family {}, on {}: {} of {} MUST cases, declares {}",
            plain(&run.label),
            run.kind.words(),
            plain(&run.family),
            plain(&run.os),
            run.passed,
            run.of,
            plain(&run.declared.join(", ")),
        );
        match &run.shortcoming {
            Some(reason) => told.push_str(&format!("; does not count: {}", plain(reason))),
            None => told.push_str("; passes every MUST of what it declares"),
        }
        for remark in &run.remarks {
            told.push_str(&format!("; {}", plain(remark)));
        }
        paragraph("  ", "    ", &told, columns, &mut out);
    }
    out
}

fn sentence(steps: &[Step], beginning: &str) -> String {
    match ProposalPhase::reached(steps) {
        Some(step) => format!("  {beginning} {}.\n", step.name),
        None => format!("  Not even what {} asks for is met.\n", first(steps)),
    }
}

fn first(steps: &[Step]) -> &str {
    steps.first().map_or("the first step", |step| &step.name)
}

fn tell(step: &Step, columns: usize, out: &mut String) {
    let state = if step.is_met() { "met" } else { "not met" };
    out.push_str(&format!("  {}, {}: {state}\n", step.name, step.meaning));
    for criterion in &step.criteria {
        let mark = match criterion.answer {
            Answer::Met => "yes",
            Answer::NotMet => "no ",
            Answer::NotComputed => " ? ",
        };
        let mut told = plain(&criterion.asks);
        if !criterion.figures.is_empty() {
            told.push_str(&format!(" ({})", plain(&criterion.figures)));
        }
        if let Some(missing) = &criterion.missing {
            told.push_str(&format!(": {}", plain(missing)));
        }
        paragraph(&format!("    {mark}  "), "         ", &told, columns, out);
    }
}

/// A text whose first line begins in another way than those below.
fn paragraph(head: &str, indent: &str, text: &str, columns: usize, out: &mut String) {
    for (number, line) in wrap(text, columns.saturating_sub(indent.len()))
        .iter()
        .enumerate()
    {
        out.push_str(if number == 0 { head } else { indent });
        out.push_str(line);
        out.push('\n');
    }
}
