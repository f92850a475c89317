//! `report.md`: for a step summary or a comment on a change. Failures first,
//! then the matrix, the features, and how to get the same again.

use std::fmt::Write as _;

use conformance_model::{
    Cell, CellState, Matrix, ProviderReport, RowKind, RunReport, Status, TestReport,
};

use crate::story::{self, Finding};
use crate::text::{SHOWN, code, count, duration, fenced, markdown, names, short, utc};

/// How many failures are told in full; `report.json` has all.
const TOLD: usize = 50;
/// How many cases are named where they share a fate.
const NAMED: usize = 20;

/// The report as Markdown (GitHub's dialect).
#[must_use]
pub fn render(report: &RunReport) -> String {
    let mut page = Page::default();
    page.line("# Conformance report");
    page.line(&format!("**{}**", markdown(&story::verdict(report))));
    let counts = story::tell_counts(&story::total(report));
    page.line(&format!(
        "{} on {}: {counts}.",
        count(report.tests().count() as u64, "result"),
        count(report.providers.len() as u64, "provider"),
    ));
    for fault in &report.run.faults {
        page.line(&format!("**Fault of the harness:** {}", markdown(fault)));
    }
    failures(report, &mut page);
    compliance(&Matrix::fold([report]), &mut page);
    features(report, &mut page);
    left_out(report, &mut page);
    for provider in &report.providers {
        about(provider, &mut page);
    }
    reproduce(report, &mut page);
    page.text
}

/// A matrix alone, of any number of reports.
#[must_use]
pub fn matrix(matrix: &Matrix) -> String {
    let mut page = Page::default();
    compliance(matrix, &mut page);
    page.text
}

/// Paragraphs, one empty line between two.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn table(&mut self, head: &[String], rows: &[Vec<String>]) {
        let mut table = row(head);
        table.push_str(&row(&vec!["---".to_owned(); head.len()]));
        for cells in rows {
            table.push_str(&row(cells));
        }
        self.line(&table);
    }

    fn list(&mut self, items: &[String]) {
        let lines: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
        self.line(&lines.join("\n"));
    }
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn failures(report: &RunReport, page: &mut Page) {
    let failures = story::failures(report);
    let errors = story::errors(report);
    if !failures.is_empty() {
        page.line("## Failures");
    }
    for finding in failures.iter().take(TOLD) {
        failure(report, finding, page);
    }
    if failures.len() > TOLD {
        let more = failures.len() - TOLD;
        page.line(&format!("{more} further failures are in `report.json`."));
    }
    if !errors.is_empty() {
        page.line("## Errors");
        page.line("Nothing can be said about these cases.");
        let items: Vec<String> = errors
            .iter()
            .map(|group| {
                format!(
                    "{} **{}**, {}: {} ({})",
                    code(&group.provider.provider.name),
                    group.status.as_str(),
                    count(group.tests.len() as u64, "case"),
                    markdown(&short(group.reason, SHOWN)),
                    markdown(&names(&group.ids(), NAMED)),
                )
            })
            .collect();
        page.list(&items);
    }
    let remarks = story::remarks(report);
    if !remarks.is_empty() {
        page.line("## Remarks");
        page.line("None of these makes a verdict red.");
        let items: Vec<String> = remarks
            .iter()
            .flat_map(|group| group.tests.iter().map(move |test| (group.provider, *test)))
            .map(|(provider, test)| remark(provider, test))
            .collect();
        page.list(&items);
    }
}

fn failure(report: &RunReport, finding: &Finding<'_>, page: &mut Page) {
    let Finding { provider, test } = finding;
    page.line(&format!(
        "### {} on {}: {}",
        markdown(&test.id),
        markdown(&provider.provider.name),
        test.status.as_str()
    ));
    page.line(&markdown(&test.title));
    page.line(&markdown(&short(test.why(), SHOWN)));
    let cited: Vec<&String> = match &test.evidence {
        Some(evidence) => vec![&evidence.clause],
        None => test.clauses.iter().collect(),
    };
    for id in cited {
        let text = report.clause(id).map_or("", |clause| &clause.text);
        page.line(&format!("> {} {}", code(id), markdown(text)));
    }
    let mut block = String::new();
    if let Some(evidence) = &test.evidence {
        // Writing to a string does not fail.
        let _ = writeln!(block, "what      {}", evidence.message);
        let _ = writeln!(block, "expected  {}", short(&evidence.expected, SHOWN));
        let _ = writeln!(block, "actual    {}", short(&evidence.actual, SHOWN));
        let _ = writeln!(block, "at        {}", evidence.location);
    }
    let _ = writeln!(block, "again     {}", test.repro);
    page.line(&fenced(&block));
}

fn remark(provider: &ProviderReport, test: &TestReport) -> String {
    let why = match (test.status, story::mitigation(test)) {
        (Status::Xfail | Status::Underclaim, _) | (_, None) => String::new(),
        (_, Some(why)) => format!(" ({why})"),
    };
    format!(
        "{} {} **{}**{why}: {}",
        code(&provider.provider.name),
        code(&test.id),
        test.status.as_str(),
        markdown(&short(test.why(), SHOWN)),
    )
}

fn compliance(matrix: &Matrix, page: &mut Page) {
    page.line("## Compliance");
    let mut head = vec!["".to_owned()];
    head.extend(matrix.columns.iter().map(|column| markdown(&column.name)));
    let mut rows = Vec::new();
    for row in &matrix.rows {
        let name = match row.kind {
            RowKind::Capability => format!("**{}**", markdown(&row.id)),
            RowKind::Feature => format!("{} {}", code(&row.id), markdown(&row.title)),
        };
        let mut cells = vec![name];
        cells.extend(
            row.cells
                .iter()
                .map(|cell| format!("{}{}", mark(cell), cell.text())),
        );
        rows.push(cells);
    }
    let mut verdicts = vec!["**verdict**".to_owned()];
    let word = |c: &conformance_model::MatrixColumn| format!("**{}**", c.conclusion.words());
    verdicts.extend(matrix.columns.iter().map(word));
    rows.push(verdicts);
    page.table(&head, &rows);
}

/// A sign that can be seen from afar.
fn mark(cell: &Cell) -> &'static str {
    match cell.state {
        CellState::Conformant => "✅ ",
        CellState::Failing => "❌ ",
        CellState::Error => "⚠️ ",
        CellState::Partial => "🟡 ",
        CellState::Refused | CellState::NotDeclared | CellState::NotRun | CellState::Untested => "",
    }
}

fn features(report: &RunReport, page: &mut Page) {
    page.line("## Features and profiles");
    let lists = |list: &[String]| {
        let ids: Vec<String> = list.iter().map(|id| code(id)).collect();
        if ids.is_empty() {
            "-".to_owned()
        } else {
            ids.join(" ")
        }
    };
    // A column that no provider has anything in would only raise questions.
    let underclaims = report
        .providers
        .iter()
        .any(|provider| !provider.features.underclaimed.is_empty());
    let mut head = vec!["", "verified", "overclaimed", "refused"];
    if underclaims {
        head.push("underclaimed");
    }
    head.push("unproved");
    let head: Vec<String> = head.into_iter().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = report
        .providers
        .iter()
        .map(|provider| {
            let features = &provider.features;
            let mut row = vec![
                markdown(&provider.provider.name),
                lists(&features.verified),
                lists(&features.overclaimed),
                lists(&features.refused),
            ];
            if underclaims {
                row.push(lists(&features.underclaimed));
            }
            row.push(lists(&features.unproved));
            row
        })
        .collect();
    page.table(&head, &rows);
    let profiles: Vec<String> = report
        .providers
        .iter()
        .filter(|provider| provider.setup_error.is_none())
        .flat_map(|provider| {
            provider.profiles.iter().map(move |profile| {
                format!(
                    "{} {}: {}",
                    code(&provider.provider.name),
                    code(&profile.name),
                    profile.conclusion.words()
                )
            })
        })
        .collect();
    if !profiles.is_empty() {
        page.list(&profiles);
    }
}

fn left_out(report: &RunReport, page: &mut Page) {
    let groups = story::left_out(report);
    if groups.is_empty() {
        return;
    }
    page.line("## Not run");
    let items: Vec<String> = groups
        .iter()
        .map(|group| {
            format!(
                "{} {}, {}: {} ({})",
                code(&group.provider.provider.name),
                group.status.as_str(),
                count(group.tests.len() as u64, "case"),
                markdown(&short(group.reason, SHOWN)),
                markdown(&names(&group.ids(), NAMED)),
            )
        })
        .collect();
    page.list(&items);
}

fn about(provider: &ProviderReport, page: &mut Page) {
    let info = &provider.provider;
    page.line(&format!("## {}", markdown(&info.name)));
    let mut items = vec![format!("verdict: {}", provider.conclusion.words())];
    items.extend(
        provider
            .reasons
            .iter()
            .map(|reason| markdown(&short(reason, SHOWN))),
    );
    if provider.setup_error.is_none() {
        let version = info.version.as_deref().unwrap_or("of unknown version");
        items.push(format!(
            "product: {} {}",
            markdown(&info.product),
            markdown(version)
        ));
        if let Some(mode) = &info.mode {
            items.push(format!("reached: {}", markdown(mode)));
        }
        let must = story::tell_counts(&provider.counts.must);
        let should = story::tell_counts(&provider.counts.should);
        items.push(format!("MUST: {must}; SHOULD: {should}"));
        for limit in &info.limits {
            items.push(format!("{} = {}", code(&limit.id), limit.value));
        }
        items.push(format!("time: {}", duration(provider.duration_ms)));
    }
    items.extend(
        provider
            .notes
            .iter()
            .map(|note| markdown(&short(note, SHOWN))),
    );
    page.list(&items);
}

fn reproduce(report: &RunReport, page: &mut Page) {
    let run = &report.run;
    page.line("## How to get the same again");
    page.line(&fenced(&run.command.join(" ")));
    let packages: Vec<String> = report
        .spec
        .packages
        .iter()
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    let mut items = vec![
        format!(
            "seed {}, repeat {}, jobs {}",
            run.seed, run.repeat, run.jobs
        ),
        format!("suite {}", markdown(&report.suite.version)),
        format!("specification: {}", markdown(&packages.join(", "))),
        format!("wit {}", code(&report.spec.wit_digest)),
        format!("clauses {}", code(&report.spec.clause_index_digest)),
        format!(
            "{} on {} {}",
            markdown(&report.host.engine),
            markdown(&report.host.os),
            markdown(&report.host.arch)
        ),
        format!("started {}", utc(run.started_unix_ms)),
    ];
    for component in &report.suite.components {
        items.push(format!(
            "guest {} {}",
            code(&component.name),
            code(&component.digest)
        ));
    }
    for filter in &run.filters {
        items.push(format!("filter {}", code(filter)));
    }
    if run.publishable {
        items.push("may be published".to_owned());
    } else {
        let why = markdown(&run.not_publishable.join("; "));
        items.push(format!("not to be published: {why}"));
    }
    items.extend(run.notes.iter().map(|note| markdown(&short(note, SHOWN))));
    page.list(&items);
}
