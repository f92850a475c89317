//! The catalogue against the specification: names, clauses, coverage.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use provider_mutants::{Mutant, mutants};

/// Clauses that no fault of a provider can break in a way that a case could see,
/// with the reason.
const BEYOND: &[(&str, &str)] = &[
    ("KV-DURABLE-1", "volatile data promises nothing"),
    ("TYP-ERR-4", "replies are lost on a network"),
    ("TYP-ERR-5", "replies are lost on a network"),
    ("TYP-ERR-7", "no condition of memory passes by itself"),
    ("TYP-PAGE-11", "a permission, not a demand"),
    ("KV-BATCH-9", "a permission, not a demand"),
    ("KV-OPEN-6", "a permission, not a demand"),
    ("BLOB-DURABLE-1", "volatile data promises nothing"),
    ("BLOB-STREAM-7", "a guest cannot see what is held"),
    ("BLOB-PUT-8", "a guest cannot see parts that are no object"),
    (
        "BLOB-UPLOAD-6",
        "a guest cannot see parts that are no object",
    ),
    (
        "BLOB-GET-13",
        "the host resolves this future, not the provider",
    ),
    ("BLOB-PUT-9", "advice, which shows in time and money"),
    ("BLOB-OPEN-6", "a permission, not a demand"),
    ("BLOB-MOVE-4", "a permission, not a demand"),
    ("BLOB-CREATE-3", "a permission, not a demand"),
    ("BLOB-REMOVE-5", "a permission, not a demand"),
    ("BLOB-HISTORY-3", "a permission, not a demand"),
    ("BLOB-LINK-6", "a permission, not a demand"),
];

/// Clauses of the stable interfaces, with the word behind the id.
fn clauses() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../wit");
    let mut found = BTreeMap::new();
    for file in [
        "types/errors.wit",
        "types/features.wit",
        "types/pages.wit",
        "types/versions.wit",
        "types/durations.wit",
        "keyvalue/store.wit",
        "keyvalue/cas.wit",
        "keyvalue/counters.wit",
        "keyvalue/batch.wit",
        "keyvalue/expiry.wit",
        "blobstore/container.wit",
        "blobstore/admin.wit",
        "blobstore/conditional-delete.wit",
        "blobstore/conditional-copy.wit",
        "blobstore/atomic-move.wit",
        "blobstore/multipart.wit",
        "blobstore/links.wit",
        "blobstore/history.wit",
        "blobstore/append.wit",
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        for line in text.lines() {
            let Some(clause) = line.trim().strip_prefix("/// - [") else {
                continue;
            };
            let (id, rest) = clause.split_once("] ").unwrap();
            let word = rest.split(' ').next().unwrap();
            // A tombstone demands nothing.
            if word == "REMOVED" {
                continue;
            }
            found.insert(id.to_owned(), word.to_owned());
        }
    }
    found
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = BTreeSet::new();
    for mutant in mutants() {
        assert!(seen.insert(mutant.name), "{} twice", mutant.name);
        let letter = |sign: char| matches!(sign, 'a'..='z' | '0'..='9' | '-');
        assert!(mutant.name.chars().all(letter), "{}", mutant.name);
        assert!(!mutant.summary.is_empty() && !mutant.clauses.is_empty());
        assert_eq!(Mutant::find(mutant.name).unwrap().name, mutant.name);
    }
    println!("{} mutants", seen.len());
    assert!(seen.len() >= 600, "{} mutants: some were lost", seen.len());
}

#[test]
fn every_clause_of_a_mutant_exists() {
    let clauses = clauses();
    for mutant in mutants() {
        for clause in mutant.clauses {
            assert!(clauses.contains_key(*clause), "{}: {clause}", mutant.name);
        }
    }
}

#[test]
fn every_clause_has_a_mutant() {
    let named: BTreeSet<&str> = mutants()
        .iter()
        .flat_map(|mutant| mutant.clauses)
        .copied()
        .collect();
    let beyond: BTreeSet<&str> = BEYOND.iter().map(|(clause, _)| *clause).collect();
    let clauses = clauses();
    let missing: Vec<&String> = clauses
        .keys()
        .filter(|clause| !named.contains(clause.as_str()) && !beyond.contains(clause.as_str()))
        .collect();
    assert!(missing.is_empty(), "no mutant breaks {missing:?}");
    let needless: Vec<&&str> = beyond
        .iter()
        .filter(|clause| named.contains(**clause) || !clauses.contains_key(**clause))
        .collect();
    assert!(needless.is_empty(), "listed for nothing: {needless:?}");
}

#[tokio::test]
async fn the_factory_opens_a_mutant_by_name() {
    let mut settings = cloud_contract::Settings::default();
    assert!(
        (provider_mutants::FACTORY.connect)(settings.clone())
            .await
            .is_err()
    );
    settings
        .options
        .insert("fault".into(), "no-such-mutant".into());
    assert!(
        (provider_mutants::FACTORY.connect)(settings.clone())
            .await
            .is_err()
    );
    settings
        .options
        .insert("fault".into(), "kv-key-folds-case".into());
    let provider = (provider_mutants::FACTORY.connect)(settings).await.unwrap();
    assert_eq!(provider.descriptor().provider, "kv-key-folds-case");
}
