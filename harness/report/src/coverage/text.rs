//! The coverage as text: clauses by cases, cases by clauses, totals, and at the end
//! what is missing, so that a terminal shows it.

use conformance_model::{ClauseCoverage, Coverage, CoverageCount, CoverageTotal, Proof};

use crate::text::{count, plain, wrap};

/// The whole, in lines of so many characters where words allow it.
#[must_use]
pub fn render(coverage: &Coverage, columns: usize) -> String {
    let mut out = String::from("Clauses, and the cases that prove them\n");
    for entry in &coverage.clauses {
        clause(entry, columns, &mut out);
    }
    out.push_str("\nCases, and the clauses that they prove\n");
    for case in &coverage.cases {
        let mut clauses = case.clauses.clone();
        clauses.extend(
            case.unknown
                .iter()
                .map(|id| format!("{id} (no such clause)")),
        );
        let head = format!("  {}  {}", plain(&case.id), case.level.word());
        row(&head, &clauses, columns, &mut out);
    }
    out.push_str("\nTotals\n");
    totals(coverage, &mut out);
    out.push('\n');
    summary(coverage, &mut out);
    out
}

/// What is missing, and one line about the whole.
fn summary(coverage: &Coverage, out: &mut String) {
    for entry in coverage.uncovered() {
        let clause = &entry.clause;
        let red = if clause.word.is_must() {
            "uncovered"
        } else {
            "uncovered, and no MUST"
        };
        out.push_str(&format!(
            "{red}: {} wit/{}:{} {}\n",
            plain(&clause.id),
            plain(&clause.file),
            clause.line,
            plain(&clause.text)
        ));
    }
    for (case, id) in coverage.dangling() {
        out.push_str(&format!(
            "unknown: {} cites {}, which no text has\n",
            plain(&case.id),
            plain(id)
        ));
    }
    let all = coverage.total.all;
    let missing = coverage.missing().count() as u64;
    let verdict = match missing {
        0 => "every MUST of a stable interface is proved".to_owned(),
        1 => "1 MUST of a stable interface is proved by nothing".to_owned(),
        number => format!("{number} MUSTs of stable interfaces are proved by nothing"),
    };
    out.push_str(&format!(
        "{}, {}: {} by cases, {} elsewhere, {} uncovered, {} unstable without a case; {verdict}\n",
        count(all.clauses, "clause"),
        count(coverage.cases.len() as u64, "case"),
        all.by_cases,
        all.elsewhere,
        all.uncovered,
        all.not_asked,
    ));
}

fn clause(entry: &ClauseCoverage, columns: usize, out: &mut String) {
    let clause = &entry.clause;
    let place = match &clause.item {
        Some(item) => format!("{}/{}", clause.interface, item),
        None => clause.interface.clone(),
    };
    let head = format!(
        "  {}  {}  {}",
        plain(&clause.id),
        clause.word.as_str(),
        plain(&place)
    );
    let mut proofs = entry.cases.clone();
    let elsewhere = entry.elsewhere.iter();
    proofs.extend(elsewhere.map(|proof| format!("elsewhere: {}", proof.by)));
    if matches!(entry.proof, Proof::Nothing | Proof::NotAsked) {
        proofs.push(entry.proof.words().to_owned());
    }
    row(&head, &proofs, columns, out);
}

/// A head and what belongs to it, below.
fn row(head: &str, parts: &[String], columns: usize, out: &mut String) {
    const INDENT: usize = 6;
    out.push_str(head);
    out.push('\n');
    let parts: Vec<String> = parts.iter().map(|part| plain(part)).collect();
    for line in wrap(&parts.join(", "), columns.saturating_sub(INDENT)) {
        out.push_str(&format!("{:INDENT$}{line}\n", ""));
    }
}

fn totals(coverage: &Coverage, out: &mut String) {
    let mut rows: Vec<(String, CoverageCount, u64)> = Vec::new();
    let mut add = |name: &str, indent: usize, total: &CoverageTotal| {
        rows.push((
            format!("{:indent$}{}", "", plain(name)),
            total.all,
            total.cases,
        ));
        for word in &total.words {
            let name = format!("{:1$}{2}", "", indent + 2, word.word.as_str());
            // Cases are counted by interface: one may cite clauses of several words.
            rows.push((name, word.count, u64::MAX));
        }
    };
    for package in &coverage.packages {
        add(&package.package, 2, &package.total);
        for interface in &package.interfaces {
            add(&interface.interface, 4, &interface.total);
        }
    }
    add("all", 2, &coverage.total);
    let widest = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    out.push_str(&format!(
        "{:widest$}  clauses  by cases  elsewhere  uncovered  unstable  cases\n",
        ""
    ));
    for (name, all, cases) in rows {
        let cases = match cases {
            u64::MAX => String::new(),
            number => number.to_string(),
        };
        let line = format!(
            "{name:widest$}  {:>7}  {:>8}  {:>9}  {:>9}  {:>8}  {cases:>5}",
            all.clauses, all.by_cases, all.elsewhere, all.uncovered, all.not_asked
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
}
