use blobstore::{Precondition, PutOptions, bad_names};
use conformance_kit::prelude::*;

use crate::apart::name_limit;
use crate::facts::described;

case! {
    id: "blob.error.order",
    title: "of several arguments that are not acceptable the first decides",
    clauses: ["TYP-ERR-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let check = |message| cx.check("TYP-ERR-8", message);
    if let Some(most) = cx.small_limit("blob.metadata.max-bytes")? {
        let value = cx.random_text(most);
        let options = described(None, &[("key", &value)]);
        check("put of the empty name with metadata that is too large").fails(
            container.put_with("", b"bytes", options).await,
            Kind::InvalidArgument,
        )?;
    }
    let most = cx.limit("blob.object.max-bytes")?;
    if most < u64::MAX {
        let options = PutOptions {
            size: Some(most + 1),
            ..blobstore::options()
        };
        check("put of the empty name with a size that is too large").fails(
            container.put_with("", b"bytes", options).await,
            Kind::InvalidArgument,
        )?;
    }
    before_conditions(cx, &container).await?;
    before_sources(cx, &container).await?;
    check("list with a cursor that is none and a page size of zero").fails(
        container.list("", None, Some("none"), Some(0)).await,
        Kind::InvalidArgument,
    )?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    let long = cx.random_text(limit + 1);
    let too_large = Kind::TooLarge(limit as u64);
    for options in [
        described(Some("\n"), &[]),
        described(None, &[("Key", "value")]),
        described(None, &[("key", "value"), ("key", "value")]),
        described(Some(""), &[("", "")]),
    ] {
        check("put of a name that is too long with options that are refused").fails(
            container.put_with(&long, b"bytes", options).await,
            too_large,
        )?;
    }
    check("copy of a name that is too long to the empty one")
        .fails(container.copy(&long, &container, "").await, too_large)?;
    check("copy of the empty name to one that is too long").fails(
        container.copy("", &container, &long).await,
        Kind::InvalidArgument,
    )?;
    check("move of a name that is too long to the empty one")
        .fails(container.r#move(&long, &container, "").await, too_large)?;
    check("move of the empty name to one that is too long").fails(
        container.r#move("", &container, &long).await,
        Kind::InvalidArgument,
    )?;
    check("list of a prefix that is too long with the empty delimiter")
        .fails(container.list(&long, Some(""), None, None).await, too_large)?;
    let listed = container.list("", Some(&long), Some("none"), None).await;
    check("list with a delimiter that is too long and a cursor that is none")
        .fails(listed, too_large)?;
    let listed = container.list("", Some(&long), None, Some(0)).await;
    check("list with a delimiter that is too long and a page size of zero")
        .fails(listed, too_large)?;
    let listed = container.list(&long, Some(""), Some("none"), Some(0)).await;
    check("list of a prefix that is too long with nothing but bad arguments")
        .fails(listed, too_large)
}

/// Whether an argument is acceptable is told before a condition is: that one takes a look
/// at the object.
async fn before_conditions(cx: &Context, container: &Container) -> Outcome {
    cx.ok(container.put("present", b"bytes").await)?;
    let mut refused = vec![
        (described(Some("\n"), &[]), Kind::InvalidArgument),
        (described(None, &[("Key", "value")]), Kind::InvalidArgument),
        (
            described(None, &[("key", "value"), ("key", "value")]),
            Kind::InvalidArgument,
        ),
    ];
    if let Some(most) = cx.small_limit("blob.metadata.max-bytes")? {
        let value = cx.random_text(most);
        let too_large = Kind::TooLarge(most as u64);
        refused.push((described(None, &[("k", &value)]), too_large));
    }
    for (options, kind) in refused {
        for (name, expected) in [
            ("present", Precondition::Absent),
            ("present", Precondition::Version("none".to_owned())),
            ("absent", Precondition::Version("none".to_owned())),
        ] {
            let options = PutOptions {
                expected: Some(expected),
                ..options.clone()
            };
            let put = container.put_with(name, b"never", options).await;
            cx.check(
                "TYP-ERR-8",
                "put with options that are refused and a condition that fails",
            )
            .fails(put, kind)?;
        }
    }
    Ok(())
}

/// A new name that is refused is told before an absent source is.
async fn before_sources(cx: &Context, container: &Container) -> Outcome {
    let second = cx.second_container().await?;
    let check = |message| cx.check("TYP-ERR-8", message);
    for bad in bad_names(cx)? {
        for to in [container, &second] {
            check("copy of an absent object to a name that is refused")
                .fails(container.copy("absent", to, &bad.name).await, bad.refused)?;
            let moved = container.r#move("absent", to, &bad.name).await;
            check("move of an absent object to a name that is refused")
                .fails(moved, bad.refused)?;
        }
    }
    Ok(())
}
