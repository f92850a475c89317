use conformance_kit::prelude::*;

use crate::support::each;

case! {
    /// Among them the bytes behind whatever length a provider cuts names to.
    id: "kv.open.one-byte",
    title: "a name that differs from a granted one in a single byte is another name",
    clauses: ["KV-OPEN-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut others = Vec::new();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        for place in 0..name.len() {
            let mut other = name.clone();
            let change = if name[place..].starts_with('g') {
                "h"
            } else {
                "g"
            };
            other.replace_range(place..=place, change);
            others.push(other);
        }
    }
    for opened in each(&others, |name| keyvalue::open(name)).await {
        cx.check("KV-OPEN-5", "open a granted name with one byte changed")
            .fails(opened, Kind::AccessDenied)?;
    }
    Ok(())
}
