//! The portable bounds of limits stand in the table of their package. The
//! portable layer, which holds a provider without a limit of its own to the bound,
//! and the case that proves TYP-LIMIT-2 have the same numbers.
//!
//! It is here because only the command line sees specification, contract and a
//! provider.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use cloud_contract::keyvalue::{BatchError, Portable, Store as _};
use cloud_contract::{Bytes, Capability, Error, ErrorKind, Grant, Scope, ScopeId, Settings, limit};
use conformance_spec::{Bound, Catalog};

fn table() -> BTreeMap<String, Bound> {
    let catalog = Catalog::embedded().unwrap();
    let limits = catalog.limits().iter();
    limits.map(|l| (l.id.clone(), l.bound)).collect()
}

/// A store whose provider states no limit.
async fn unlimited() -> Portable {
    let base = provider_registry::MUTANT_BASE;
    let provider = (base.connect)(Settings::default()).await.unwrap();
    let scope = Scope {
        id: ScopeId::new("bounds").unwrap(),
        names: vec!["store".into()],
    };
    let namespace = provider.open(&scope).await.unwrap();
    let mut descriptor = provider.descriptor().clone();
    descriptor.limits.clear();
    let driver = namespace.keyvalue("store").await.unwrap();
    let grant = Grant {
        capability: Capability::Keyvalue,
        name: "store".into(),
        target: "store".into(),
        scope: scope.id,
        namespace,
        descriptor: Arc::new(descriptor),
    };
    Portable::new(driver, &grant)
}

#[tokio::test]
async fn the_portable_layer_has_the_floors_of_the_table() {
    let table = table();
    let floor = |id| match table.get(id) {
        Some(&Bound::AtLeast(floor)) => usize::try_from(floor).unwrap(),
        other => panic!("{id}: {other:?}"),
    };
    let store = unlimited().await;
    let refused = |limit: usize| {
        Error::from(ErrorKind::TooLarge {
            limit: limit as u64,
        })
    };

    let bytes = floor(limit::KV_KEY_MAX_BYTES);
    store.get(&"k".repeat(bytes)).await.unwrap();
    let longer = store.get(&"k".repeat(bytes + 1)).await;
    assert_eq!(longer.unwrap_err(), refused(bytes));

    let bytes = floor(limit::KV_VALUE_MAX_BYTES);
    let value = |length| Bytes::from(vec![b'v'; length]);
    store.set("key", value(bytes)).await.unwrap();
    let longer = store.set("key", value(bytes + 1)).await;
    assert_eq!(longer.unwrap_err(), refused(bytes));

    let items = floor(limit::KV_BATCH_MAX_ITEMS);
    store.get_many(vec!["k".into(); items]).await.unwrap();
    match store.get_many(vec!["k".into(); items + 1]).await {
        Err(BatchError::Refused { error, .. }) => assert_eq!(error, refused(items)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_contract_knows_the_limits_of_the_table_and_no_others() {
    let known = [
        limit::KV_KEY_MAX_BYTES,
        limit::KV_VALUE_MAX_BYTES,
        limit::KV_PAGE_MAX_KEYS,
        limit::KV_BATCH_MAX_ITEMS,
        limit::KV_TTL_MIN_NS,
        limit::KV_TTL_MAX_NS,
        limit::KV_TTL_LATENESS_NS,
        limit::BLOB_NAME_MAX_BYTES,
        limit::BLOB_OBJECT_MAX_BYTES,
        limit::BLOB_METADATA_MAX_BYTES,
        limit::BLOB_BUFFER_MAX_BYTES,
        limit::BLOB_RESIDUE_MAX_NS,
        limit::BLOB_PAGE_MAX_ITEMS,
        limit::BLOB_DELETE_MAX_NAMES,
        limit::BLOB_PART_MIN_BYTES,
        limit::BLOB_PART_MAX_BYTES,
        limit::BLOB_PART_MAX_NUMBER,
        limit::BLOB_UPLOAD_MAX_IDLE_NS,
        limit::BLOB_LINK_MAX_NS,
    ];
    let mut known = known.map(str::to_owned);
    known.sort();
    assert_eq!(known.to_vec(), table().into_keys().collect::<Vec<_>>());
}

/// The cases cannot read the specification, so they repeat the numbers.
#[test]
fn the_cases_for_bounds_have_the_numbers_of_the_table() {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/guests");
    let mut found = BTreeMap::new();
    for suite in ["types", "blobstore"] {
        let case = guests.join(suite).join("features/src/limits/bounds.rs");
        let text = std::fs::read_to_string(case).unwrap();
        found.extend(list(&text, "AT_LEAST", Bound::AtLeast));
        found.extend(list(&text, "AT_MOST", Bound::AtMost));
    }
    assert_eq!(found, table());
}

/// The rows of a constant of a case.
fn list(text: &str, name: &str, bound: fn(u64) -> Bound) -> Vec<(String, Bound)> {
    let (_, rest) = text.split_once(&format!("const {name}: ")).unwrap();
    let (_, rest) = rest.split_once('=').unwrap();
    let (rows, _) = rest.split_once("];").unwrap();
    let rows = rows.split('(').skip(1);
    rows.map(|row| {
        let (row, _) = row.split_once(')').unwrap();
        let (id, number) = row.split_once(',').unwrap();
        let id = id.trim().trim_matches('"').to_owned();
        (id, bound(product(text, number)))
    })
    .collect()
}

/// The value of `24 * 60 * MINUTE` or `5 << 20`: numbers, and constants of the same file.
fn product(text: &str, expression: &str) -> u64 {
    if let Some((number, places)) = expression.split_once("<<") {
        return product(text, number) << product(text, places);
    }
    let factors = expression.split('*').map(|factor| {
        let factor = factor.trim();
        let constant = text.split_once(&format!("const {factor}: u64 = "));
        let digits = constant.map_or(factor, |(_, rest)| rest.split(';').next().unwrap());
        digits.replace('_', "").trim().parse::<u64>().unwrap()
    });
    factors.product()
}
