use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.open.other-separators",
    title: "a granted name with another sign in the place of a hyphen is another name",
    clauses: ["KV-OPEN-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut granted = names.also_granted.clone();
    granted.push(names.secondary.clone());
    let mut others = Vec::new();
    for name in granted.iter().filter(|name| name.contains('-')) {
        for sign in ["_", ".", " ", "/", "~", "+", "", "\u{2010}", "\u{ad}"] {
            others.push(name.replace('-', sign));
            others.push(name.replacen('-', sign, 1));
        }
    }
    others.retain(|other| !granted.contains(other));
    for (other, opened) in others
        .iter()
        .zip(each(&others, |name| keyvalue::open(name)).await)
    {
        cx.check("KV-OPEN-5", &format!("open {}", other.shown()))
            .fails(opened, Kind::AccessDenied)?;
    }
    Ok(())
}
