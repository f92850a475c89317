use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.open.lookalikes",
    title: "names are compared as bytes, not as the text that they show",
    clauses: ["KV-OPEN-5", "TYP-TEXT-1"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut others = Vec::new();
    for name in [&names.primary, &names.restricted] {
        let wide = name
            .chars()
            .map(|one| char::from_u32(u32::from(one) - 0x21 + 0xff01).unwrap_or(one));
        others.push(wide.collect::<String>());
        for invisible in [
            "\u{200b}", "\u{200d}", "\u{ad}", "\u{fe0f}", "\u{301}", "\u{feff}",
        ] {
            others.push([&name[..1], invisible, &name[1..]].concat());
        }
        others.push(name.chars().rev().collect());
        others.push(name.replacen(|one: char| one.is_ascii_digit(), "\u{661}", 1));
    }
    others.retain(|other| ![&names.primary, &names.restricted].contains(&other));
    for opened in each(&others, |name| keyvalue::open(name)).await {
        cx.check("TYP-TEXT-1", "open a name that looks like a granted one")
            .fails(opened, Kind::AccessDenied)?;
    }
    cx.check("KV-OPEN-5", "open the granted name itself")
        .ok(keyvalue::open(&names.primary).await)?;
    Ok(())
}
