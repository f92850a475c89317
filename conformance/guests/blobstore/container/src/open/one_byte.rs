use conformance_kit::prelude::*;

use crate::apart::each;

case! {
    /// Among them the bytes behind whatever length a provider cuts names to.
    id: "blob.open.one-byte",
    title: "a name that differs from a granted one in a single byte is another name",
    clauses: ["BLOB-OPEN-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut others = Vec::new();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        for place in 0..name.len() {
            let change = if name[place..].starts_with('g') {
                "h"
            } else {
                "g"
            };
            let mut other = name.clone();
            other.replace_range(place..=place, change);
            others.push(other);
            let mut other = name.clone();
            other[place..=place].make_ascii_uppercase();
            others.push(other);
        }
    }
    let granted = [&names.primary, &names.secondary, &names.restricted];
    others.retain(|other| !granted.contains(&other));
    for opened in each(&others, |name| blobstore::open(name)).await {
        cx.check("BLOB-OPEN-5", "open a granted name with one byte changed")
            .fails(opened, Kind::AccessDenied)?;
    }
    Ok(())
}
