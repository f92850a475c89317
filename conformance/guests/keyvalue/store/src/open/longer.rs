use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.open.longer",
    title: "a granted name with something behind or before it is another name",
    clauses: ["KV-OPEN-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let added = [
        "a", "0", "-", "\0", " ", "\n", "\t", ".", "/", "/.", "//", "\\", ":", "?", "#", "%00",
        "\u{200b}", "*",
    ];
    let mut others = Vec::new();
    for name in [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ] {
        for added in added {
            others.push([name, added].concat());
            others.push([added, name].concat());
        }
    }
    for opened in each(&others, |name| keyvalue::open(name)).await {
        cx.check("KV-OPEN-5", "open a granted name with a character more")
            .fails(opened, Kind::AccessDenied)?;
    }
    Ok(())
}
