use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.open.letter-case",
    title: "names are not folded to one case",
    clauses: ["KV-OPEN-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut others = Vec::new();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        others.push(name.to_uppercase());
        // One letter at a time: the first, and the last that there is.
        for place in [
            0,
            name.rfind(|one: char| one.is_ascii_lowercase())
                .unwrap_or(0),
        ] {
            let mut other = name.clone();
            other[place..=place].make_ascii_uppercase();
            others.push(other);
        }
    }
    for opened in each(&others, |name| keyvalue::open(name)).await {
        cx.check("KV-OPEN-5", "open a granted name in another case")
            .fails(opened, Kind::AccessDenied)?;
    }
    Ok(())
}
