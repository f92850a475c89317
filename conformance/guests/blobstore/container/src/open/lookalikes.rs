use conformance_kit::prelude::*;

use crate::apart::each;

case! {
    id: "blob.open.lookalikes",
    title: "a name that looks like a granted one, begins or ends with it, is another name",
    clauses: ["BLOB-OPEN-5", "TYP-TEXT-1"],
}

/// Other writings of `name`.
fn like(name: &str) -> Vec<String> {
    let wide = |one: char| char::from_u32(u32::from(one) - 0x21 + 0xff01).unwrap_or(one);
    let mut others = vec![
        name.to_uppercase(),
        [&name[..1].to_uppercase(), &name[1..]].concat(),
        name.chars().map(wide).collect(),
        name.chars().rev().collect(),
        name.replacen(|one: char| one.is_ascii_digit(), "\u{661}", 1),
        name.replace('-', "_"),
        name.replace('-', ""),
        name[..name.len() - 1].to_owned(),
        name[1..].to_owned(),
        name.repeat(2),
    ];
    for invisible in ["\u{200b}", "\u{200d}", "\u{ad}", "\u{fe0f}", "\u{301}"] {
        others.push([&name[..1], invisible, &name[1..]].concat());
    }
    for added in [" ", "\0", "\n", ".", "/", "-", "0", "a"] {
        others.push([name, added].concat());
        others.push([added, name].concat());
    }
    others
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut granted = vec![&names.primary, &names.secondary, &names.restricted];
    granted.extend(&names.also_granted);
    granted.push(&names.absent);
    let mut others: Vec<String> = granted.iter().flat_map(|name| like(name)).collect();
    others.retain(|other| !granted.contains(&other));
    let opened = each(&others, |name| blobstore::open(name)).await;
    for (name, opened) in others.iter().zip(opened) {
        let message = format!("open {}, which looks like a granted name", name.shown());
        cx.check("TYP-TEXT-1", &message)
            .fails(opened, Kind::AccessDenied)?;
    }
    cx.check("BLOB-OPEN-5", "open the granted name itself")
        .ok(blobstore::open(&names.primary).await)?;
    Ok(())
}
