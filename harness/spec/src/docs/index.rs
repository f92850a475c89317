//! The first page: the packages, and the implementations whose runs are published.

use conformance_model::Status;

use super::items::Package;
use super::text::{Here, code, count, linked, plain, summary, table};
use super::{Book, GENERATED, Page};

/// Where it lies.
const HERE: Here<'static> = Here { page: "README.md" };

/// The page.
pub(super) fn page(book: &Book<'_>, packages: &[Package]) -> Page {
    let mut out = format!("{GENERATED} wit/ and conformance/. Do not edit. -->\n\n");
    out.push_str(
        "# Reference\n\nEvery package and interface with its clauses, the cases that prove each \
         clause, and the published\nimplementations that pass them. The text that binds is that in \
         `wit/`; [wit/README.md](../../wit/README.md)\nsays how to read it.\n\n## Packages\n\n",
    );
    let rows: Vec<Vec<String>> = packages
        .iter()
        .map(|package| {
            let folder = book.folder(&package.qualified);
            let interfaces: Vec<String> = package
                .interfaces
                .iter()
                .map(|interface| {
                    let name = &interface.name;
                    format!("[{}]({folder}/{name}.md)", code(name))
                })
                .collect();
            let clauses = book
                .input
                .coverage
                .clauses
                .iter()
                .filter(|entry| entry.clause.package == package.qualified);
            vec![
                format!("[{}]({folder}/README.md)", code(&package.qualified)),
                linked(book, HERE, &summary(&package.docs).replace('|', "\\|")),
                interfaces.join(", "),
                count(clauses.count(), "clause"),
            ]
        })
        .collect();
    let head = ["package", "what it is", "interfaces", "clauses"];
    out.push_str(&table(&head, &rows));
    out.push_str(&implementations(book));
    Page {
        path: HERE.page.to_owned(),
        text: format!("{}\n", out.trim_end()),
    }
}

fn implementations(book: &Book<'_>) -> String {
    let published = book.input.published;
    if published.is_empty() {
        return "\n## Implementations\n\nNo run is published yet.\n".to_owned();
    }
    let current = book.input.catalog.spec_info().clause_index_digest;
    let rows: Vec<Vec<String>> = published
        .iter()
        .map(|run| {
            let must = &run.provider.counts.must;
            let text = if run.report.spec.clause_index_digest == current {
                "this one"
            } else {
                "an earlier one"
            };
            vec![
                format!(
                    "[{}]({}{}/README.md)",
                    plain(&run.label()),
                    HERE.root(),
                    run.folder
                ),
                run.implementation.kind.words().to_owned(),
                run.provider.conclusion.words().to_owned(),
                format!("{} of {}", must.of(Status::Pass), must.applicable()),
                run.provider
                    .features
                    .declared
                    .iter()
                    .map(|id| code(id))
                    .collect::<Vec<_>>()
                    .join(", "),
                plain(&run.report.host.os),
                text.to_owned(),
            ]
        })
        .collect();
    let head = [
        "implementation",
        "kind",
        "verdict",
        "MUST cases passed",
        "declares",
        "host",
        "text of the clauses",
    ];
    format!(
        "\n## Implementations\n\nThe runs in [conformance/reports/](../../conformance/reports/README.md), \
         one each. What is not declared is left\nout of the numbers.\n\n{}",
        table(&head, &rows)
    )
}
