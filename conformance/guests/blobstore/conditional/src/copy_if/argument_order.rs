use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::{bad_names, conditional_copy::copy_if, name_limit};

case! {
    id: "blob.copy-if.argument-order",
    title: "of two names that copy-if refuses the old one decides, and each before the objects are looked at",
    clauses: ["TYP-ERR-8"],
    requires: ["blob.conditional-copy"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let present = State::new(cx, 60).put(cx, &container, "object").await?;
    for bad in bad_names(cx)? {
        for to in [&container, &other] {
            // Neither the source nor what is expected of either is there.
            for (name, source, expected) in [
                ("absent", None, None),
                ("absent", Some("1"), version("1")),
                ("object", Some("unknown"), None),
                ("object", Some(present.as_str()), version("unknown")),
            ] {
                let ended = copy_if(&container, name, source, to, &bad.name, expected);
                cx.check(
                    "TYP-ERR-8",
                    "copy-if of what is not there to a name that is refused",
                )
                .fails(ended.await, bad.refused)?;
            }
        }
    }
    if let Some(limit) = name_limit(cx)? {
        let long = cx.random_text(limit + 1);
        let too_large = Kind::TooLarge(limit as u64);
        for (old, new, refused) in [
            (long.as_str(), "", too_large),
            ("", &long, Kind::InvalidArgument),
        ] {
            for expected in [None, absent()] {
                let ended = copy_if(&container, old, Some("1"), &container, new, expected);
                cx.check("TYP-ERR-8", "copy-if of two names that are refused")
                    .fails(ended.await, refused)?;
            }
        }
    }
    let check = cx.check("TYP-ERR-8", "list after refused calls");
    has_only(check, &container, &["object"]).await
}
