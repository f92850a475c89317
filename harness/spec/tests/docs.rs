//! The reference pages are those of the text, and what is in them is found again.
//! `BLESS=1` writes `docs/reference` anew.

mod small;

use std::path::{Path, PathBuf};

use conformance_spec::docs::{self, DocsInput, Drift, Page};
use conformance_spec::{Catalog, Sources, coverage, published};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn real() -> Vec<Page> {
    let sources = Sources::read(&root()).unwrap();
    let catalog = Catalog::new(&sources).unwrap();
    docs::pages(DocsInput {
        sources: &sources,
        catalog: &catalog,
        coverage: &coverage(&catalog, catalog.cases()),
        published: &published(&root()).unwrap(),
    })
    .unwrap()
}

fn small_pages(published: &[conformance_model::Published]) -> Vec<Page> {
    let catalog = small::catalog();
    docs::pages(DocsInput {
        sources: &small::sources(),
        catalog: &catalog,
        coverage: &coverage(&catalog, &small::cases()),
        published,
    })
    .unwrap()
}

#[test]
fn the_committed_pages_are_current() {
    let folder = root().join(docs::REFERENCE);
    let pages = real();
    if std::env::var_os("BLESS").is_some() {
        for drift in docs::drift(&pages, &folder).unwrap() {
            match drift {
                Drift::Missing(path) | Drift::Changed(path, _) => {
                    let page = pages.iter().find(|page| page.path == path).unwrap();
                    let file = folder.join(&path);
                    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                    std::fs::write(file, &page.text).unwrap();
                }
                Drift::Stale(path) => std::fs::remove_file(folder.join(path)).unwrap(),
            }
        }
    }
    let drift = docs::drift(&pages, &folder).unwrap();
    assert!(
        drift.is_empty(),
        "docs/reference is not current; `conformance spec docs` writes it anew: {drift:#?}"
    );
}

#[test]
fn every_clause_stands_on_one_page_with_its_anchor() {
    let sources = Sources::read(&root()).unwrap();
    let catalog = Catalog::new(&sources).unwrap();
    let pages = real();
    for clause in catalog.clauses() {
        let anchor = format!(
            "<a id=\"{}\"></a>**{}**",
            clause.id.to_lowercase(),
            clause.id
        );
        let found: Vec<&str> = pages
            .iter()
            .filter(|page| page.text.contains(&anchor))
            .map(|page| page.path.as_str())
            .collect();
        assert_eq!(found.len(), 1, "{}: {found:?}", clause.id);
        assert!(found[0].ends_with(&format!("/{}.md", clause.interface)));
    }
}

#[test]
fn links_between_pages_and_to_files_hold() {
    let pages = real();
    let folder = Path::new(docs::REFERENCE);
    for page in &pages {
        for rest in page.text.split("](").skip(1) {
            let link = rest.split(')').next().unwrap();
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") {
                continue;
            }
            let from = folder.join(&page.path);
            let target = plain(&from.parent().unwrap().join(path));
            let other = pages.iter().find(|other| {
                path.is_empty() && other.path == page.path || folder.join(&other.path) == target
            });
            match other {
                Some(other) => {
                    let id = format!("<a id=\"{anchor}\">");
                    assert!(
                        anchor.is_empty() || other.text.contains(&id),
                        "{}: {link}",
                        page.path
                    );
                }
                None => assert!(root().join(&target).exists(), "{}: {link}", page.path),
            }
        }
    }
}

/// A path without its `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path {
        if part == ".." {
            assert!(out.pop());
        } else if part != "." {
            out.push(part);
        }
    }
    out
}

#[test]
fn pages_of_a_small_package() {
    let pages = small_pages(&small::published());
    let all: Vec<String> = pages
        .iter()
        .map(|page| format!("=== {}\n{}", page.path, page.text))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn pages_of_a_package_that_nobody_ran() {
    let pages = small_pages(&[]);
    let text = &pages
        .iter()
        .find(|page| page.path == "things/store.md")
        .unwrap()
        .text;
    assert!(!text.contains("asses on"), "{text}");
    for page in &pages {
        assert!(page.text.starts_with(docs::GENERATED), "{}", page.path);
    }
}

#[test]
fn drift_is_found_and_what_people_wrote_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let pages = small_pages(&[]);
    let found = docs::drift(&pages, folder.path()).unwrap();
    assert_eq!(found.len(), pages.len());
    for page in &pages {
        let file = folder.path().join(&page.path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &page.text).unwrap();
    }
    assert_eq!(docs::drift(&pages, folder.path()).unwrap(), []);

    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    write("things/notes.md", "by hand");
    write("things/gone.md", &format!("{} x -->\n", docs::GENERATED));
    write(
        "README.md",
        &pages[0].text.replace("# Reference", "# reference"),
    );
    std::fs::remove_file(folder.path().join("things/new.md")).unwrap();
    assert_eq!(
        docs::drift(&pages, folder.path()).unwrap(),
        [
            Drift::Changed("README.md".to_owned(), 3),
            Drift::Missing("things/new.md".to_owned()),
            Drift::Stale("things/gone.md".to_owned()),
        ]
    );
}

/// Cut anywhere, the text gives pages or an error.
#[test]
fn no_text_makes_it_panic() {
    let whole = small::sources();
    let text = &whole.wit[0].text;
    for end in (0..text.len()).step_by(7) {
        let mut sources = whole.clone();
        sources.wit[0].text = text.get(..end).unwrap_or_default().to_owned();
        let Ok(catalog) = Catalog::new(&sources) else {
            continue;
        };
        let _ = docs::pages(DocsInput {
            sources: &sources,
            catalog: &catalog,
            coverage: &coverage(&catalog, &small::cases()),
            published: &small::published(),
        });
    }
}
