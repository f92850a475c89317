use conformance_kit::prelude::*;

use crate::support::{big_value, key_limit};

case! {
    id: "kv.error.order",
    title: "of several arguments that are not acceptable the first decides",
    clauses: ["TYP-ERR-8"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let check = |message| cx.check("TYP-ERR-8", message);
    let key_limit = key_limit(cx)?;
    if let Some(limit) = cx.small_limit("kv.value.max-bytes")? {
        let value = big_value(cx, limit + 1);
        check("set of the empty key to a value that is too large")
            .fails(store.set("", &value).await, Kind::InvalidArgument)?;
        if let Some(key_limit) = key_limit {
            let key = cx.random_text(key_limit + 1);
            check("set of a key that is too long to a value that is too large").fails(
                store.set(&key, &value).await,
                Kind::TooLarge(key_limit as u64),
            )?;
        }
    }
    let Some(limit) = key_limit else {
        return Ok(());
    };
    let prefix = cx.random_text(limit + 1);
    let too_large = Kind::TooLarge(limit as u64);
    check("list of a prefix that is too long with a page size of zero")
        .fails(store.list(&prefix, None, Some(0)).await, too_large)?;
    check("list of a prefix that is too long with a cursor that is none")
        .fails(store.list(&prefix, Some("none"), Some(1)).await, too_large)?;
    check("list of a prefix that is too long with both")
        .fails(store.list(&prefix, Some(""), Some(0)).await, too_large)?;
    check("list with a cursor that is none and a page size of zero").fails(
        store.list("", Some("none"), Some(0)).await,
        Kind::InvalidArgument,
    )
}
