//! Diagnostics as workflow commands: GitHub shows each beside its line of the
//! change.

use conformance_model::{CheckReport, Diagnostic, Severity};

use super::{shown, summary};

/// One command for each diagnostic, and a line that says how it went.
#[must_use]
pub fn render(report: &CheckReport) -> String {
    let mut out = String::new();
    for diagnostic in &report.diagnostics {
        out.push_str(&command(report, diagnostic));
    }
    for sentence in &report.not_checked {
        out.push_str(&format!("::notice title=not checked::{}\n", data(sentence)));
    }
    out.push_str(&data(&summary(report)));
    out.push('\n');
    out
}

fn command(report: &CheckReport, diagnostic: &Diagnostic) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let file = property(&shown(report, &diagnostic.file));
    let place = match diagnostic.length {
        0 => String::new(),
        length => format!(
            ",line={line},endLine={line},col={column},endColumn={end}",
            line = diagnostic.line,
            column = diagnostic.column,
            end = diagnostic.column.saturating_add(length),
        ),
    };
    let title = property(&diagnostic.rule);
    let help = match &diagnostic.help {
        Some(help) => format!("\nhelp: {help}"),
        None => String::new(),
    };
    let message = data(&format!("{}{help}", diagnostic.message));
    format!("::{kind} file={file}{place},title={title}::{message}\n")
}

/// A message: its line breaks and what would begin another escape.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A value among others.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
