//! What a person reads when the run is over: failures first, then the
//! compliance matrix, then what was not run, and the verdict as the last line.
//!
//! The text has colours as ANSI escapes; whoever prints it leaves them out where
//! the output is no terminal.

use std::path::Path;

use anstyle::{AnsiColor, Style};
use conformance_model::{
    Cell, CellState, Conclusion, ExitCode, Matrix, RowKind, RunReport, Status, TestReport,
};

use crate::story::{self, Finding, Group};
use crate::table::{self, TableCell, TableRow, paint};
use crate::text::{SHOWN, count, duration, plain, short, wrap};

/// How many failures are told in full; `report.md` and `report.json` have more.
const TOLD: usize = 20;
/// How many cases are named where they share a fate.
const NAMED: usize = 8;

/// What somebody can do who sees that cases ran out of time.
const SLOW: &str = "cases ran out of time: where the machine was busy, --jobs 1 or --timeout-scale 4 \
                    tells whether it was the provider";

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const ODD: Style = AnsiColor::Yellow.on_default();

/// How to show a report.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// How many characters a line has.
    pub width: usize,
    /// The folder with the report files, if some were written.
    pub folder: Option<&'a Path>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            width: 80,
            folder: None,
        }
    }
}

/// The report as text with ANSI escapes.
#[must_use]
pub fn render(report: &RunReport, options: Options<'_>) -> String {
    let mut out = Output {
        text: String::new(),
        width: options.width.clamp(40, 200),
    };
    failures(report, &mut out);
    errors(report, &mut out);
    remarks(report, &mut out);
    compliance(&Matrix::fold([report]), &mut out);
    closing(report, options.folder, &mut out);
    out.text
}

/// A matrix alone, of any number of reports, as text with ANSI escapes.
#[must_use]
pub fn matrix(matrix: &Matrix, width: usize) -> String {
    let mut out = Output {
        text: String::new(),
        width: width.clamp(40, 200),
    };
    compliance(matrix, &mut out);
    out.text
}

struct Output {
    text: String,
    width: usize,
}

impl Output {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn empty(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn head(&mut self, text: &str) {
        self.empty();
        self.line(&paint(BOLD, text));
    }

    /// A text with a label before it, the further lines indented to its start.
    fn labelled(&mut self, label: &str, text: &str, style: Style) {
        let indent = label.chars().count();
        let lines = wrap(text, self.width.saturating_sub(indent).max(20));
        for (number, line) in lines.iter().enumerate() {
            let lead = if number == 0 {
                label.to_owned()
            } else {
                " ".repeat(indent)
            };
            let line = format!("{lead}{}", paint(style, line));
            self.line(&line);
        }
    }
}

fn failures(report: &RunReport, out: &mut Output) {
    let failures = story::failures(report);
    for finding in failures.iter().take(TOLD) {
        out.empty();
        failure(report, finding, out);
    }
    if failures.len() > TOLD {
        out.empty();
        let more = (failures.len() - TOLD) as u64;
        let text = format!("... and {} more: see report.md", count(more, "failure"));
        out.line(&paint(BAD, &text));
    }
}

fn failure(report: &RunReport, finding: &Finding<'_>, out: &mut Output) {
    let Finding { provider, test } = finding;
    let status = paint(BAD.bold(), test.status.as_str());
    let id = paint(BOLD, &plain(&test.id));
    out.line(&format!("{status} {} {id}", plain(&provider.provider.name)));
    out.labelled("  ", &short(&plain(test.why()), SHOWN), Style::new());
    match &test.evidence {
        Some(evidence) => {
            clause(report, &evidence.clause, out);
            let shown = |text: &str| short(&plain(text), SHOWN);
            if test.why() != evidence.message {
                out.labelled("  what      ", &shown(&evidence.message), Style::new());
            }
            out.labelled("  expected  ", &shown(&evidence.expected), GOOD);
            out.labelled("  actual    ", &shown(&evidence.actual), BAD);
            out.labelled("  at        ", &shown(&evidence.location), FAINT);
        }
        None => {
            for id in &test.clauses {
                clause(report, id, out);
            }
        }
    }
    // Not wrapped: it is there to be copied.
    out.line(&format!("  again     {}", plain(&test.repro)));
}

fn clause(report: &RunReport, id: &str, out: &mut Output) {
    let text = report.clause(id).map_or("", |clause| &clause.text);
    let text = format!("{} {}", plain(id), plain(text));
    out.labelled("  clause    ", text.trim_end(), Style::new());
}

fn errors(report: &RunReport, out: &mut Output) {
    for fault in &report.run.faults {
        out.empty();
        out.labelled("fault of the harness: ", &short(&plain(fault), SHOWN), BAD);
    }
    for provider in &report.providers {
        if let Some(reason) = &provider.setup_error {
            out.empty();
            let label = format!("{} could not be set up: ", plain(&provider.provider.name));
            out.labelled(&label, &short(&plain(reason), SHOWN), ODD);
        }
    }
    for group in story::errors(report) {
        // Told above, once for all cases.
        if group.provider.setup_error.is_some() {
            continue;
        }
        out.empty();
        let label = format!("{} ", group.status.as_str());
        out.labelled(&label, &tell(&group), ODD);
        if let [test] = group.tests.as_slice() {
            out.line(&format!("  again     {}", plain(&test.repro)));
        }
    }
}

fn tell(group: &Group<'_>) -> String {
    short(&story::tell_group(group, NAMED), 2 * SHOWN)
}

fn remarks(report: &RunReport, out: &mut Output) {
    let remarks = story::remarks(report);
    if remarks.is_empty() {
        return;
    }
    out.head("Seen, but not red");
    for group in &remarks {
        let why = group.tests.first().and_then(|test| why_not_red(test));
        let why = why.map_or_else(String::new, |why| format!(" [{why}]"));
        let label = format!("  {} ", group.status.as_str());
        out.labelled(&label, &format!("{}{why}", tell(group)), Style::new());
    }
}

fn why_not_red(test: &TestReport) -> Option<&'static str> {
    if test.status.is_red() {
        story::mitigation(test)
    } else {
        None
    }
}

fn compliance(matrix: &Matrix, out: &mut Output) {
    if matrix.rows.is_empty() {
        return;
    }
    out.head("Compliance");
    let cell = |text: &str, style: Style| TableCell {
        text: plain(text),
        style,
    };
    let mut rows = vec![TableRow {
        head: cell("", Style::new()),
        cells: matrix
            .columns
            .iter()
            .map(|column| cell(&column.name, BOLD))
            .collect(),
    }];
    for row in &matrix.rows {
        let head = match row.kind {
            RowKind::Capability => cell(&row.id, BOLD),
            RowKind::Feature => cell(&format!("  {}", row.id), Style::new()),
        };
        let cells = row
            .cells
            .iter()
            .map(|one| cell(&table::keep_together(&one.text()), look(one)));
        rows.push(TableRow {
            head,
            cells: cells.collect(),
        });
    }
    rows.push(TableRow {
        head: cell("verdict", BOLD),
        cells: matrix
            .columns
            .iter()
            .map(|column| cell(column.conclusion.words(), tone(column.conclusion).bold()))
            .collect(),
    });
    for line in table::render(&rows, out.width) {
        out.line(&line);
    }
}

fn look(cell: &Cell) -> Style {
    match cell.state {
        CellState::Conformant => GOOD,
        CellState::Failing => BAD,
        CellState::Error | CellState::Partial => ODD,
        CellState::Refused | CellState::NotDeclared | CellState::NotRun | CellState::Untested => {
            FAINT
        }
    }
}

fn tone(conclusion: Conclusion) -> Style {
    match conclusion {
        Conclusion::Conformant => GOOD,
        Conclusion::NotConformant => BAD,
        Conclusion::Partial | Conclusion::Error => ODD,
        Conclusion::NotOffered => FAINT,
    }
}

fn closing(report: &RunReport, folder: Option<&Path>, out: &mut Output) {
    out.empty();
    for group in story::left_out(report) {
        let label = match group.status {
            Status::Unsupported => "unsupported: ",
            _ => "not run: ",
        };
        out.labelled(label, &tell(&group), FAINT);
    }
    for note in &report.run.notes {
        out.labelled("note: ", &short(&plain(note), SHOWN), FAINT);
    }
    let tests = report.providers.iter().flat_map(|provider| &provider.tests);
    if tests.clone().any(|test| test.status == Status::Timeout) {
        out.labelled("note: ", SLOW, FAINT);
    }
    for provider in &report.providers {
        let label = format!("note: {}: ", plain(&provider.provider.name));
        for note in &provider.notes {
            out.labelled(&label, &short(&plain(note), SHOWN), FAINT);
        }
    }
    for provider in &report.providers {
        if provider.conclusion == Conclusion::Partial {
            let label = format!("{} is partial: ", plain(&provider.provider.name));
            out.labelled(
                &label,
                &short(&plain(&provider.reasons.join("; ")), SHOWN),
                ODD,
            );
        }
    }
    if let Some(folder) = folder {
        out.line(&format!(
            "reports: {}",
            plain(&folder.display().to_string())
        ));
    }
    let ms = report
        .run
        .finished_unix_ms
        .saturating_sub(report.run.started_unix_ms);
    let results = report.tests().count() as u64;
    let summary = format!(
        "{} in {}: {}",
        count(results, "result"),
        // Milliseconds of a run are far from where a float loses them.
        duration(ms as f64),
        story::tell_counts(&story::total(report))
    );
    out.labelled("", &summary, Style::new());
    let style = match ExitCode::of(report) {
        ExitCode::Conformant => GOOD,
        ExitCode::NotConformant | ExitCode::Usage | ExitCode::Harness => BAD,
        ExitCode::Environment | ExitCode::NothingRan => ODD,
    };
    out.labelled("", &story::verdict(report), style.bold());
}
