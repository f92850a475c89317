use conformance_kit::prelude::*;

use crate::support::{State, absent, has_only, version};
use blobstore::{atomic_move::rename, bad_names, name_limit};

case! {
    id: "blob.rename.argument-order",
    title: "of two names that rename refuses the old one decides, and each before the objects are looked at",
    clauses: ["TYP-ERR-8"],
    requires: ["blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    State::new(cx, 60).put(cx, &container, "object").await?;
    for bad in bad_names(cx)? {
        for (name, expected) in [
            ("absent", None),
            ("absent", version("1")),
            ("object", version("unknown")),
        ] {
            cx.check(
                "TYP-ERR-8",
                "rename of what is not there to a name that is refused",
            )
            .fails(
                rename(&container, name, &bad.name, expected).await,
                bad.refused,
            )?;
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
                cx.check("TYP-ERR-8", "rename of two names that are refused")
                    .fails(rename(&container, old, new, expected).await, refused)?;
            }
        }
    }
    let check = cx.check("TYP-ERR-8", "list after refused calls");
    has_only(check, &container, &["object"]).await
}
