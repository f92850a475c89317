use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.open.beginnings",
    title: "the beginning or the end of a granted name is another name",
    clauses: ["KV-OPEN-5"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let granted = [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ];
    let mut others: Vec<&str> = Vec::new();
    for name in granted {
        others.extend((1..name.len()).map(|end| &name[..end]));
        others.extend([1, 2, name.len() - 1].map(|start| &name[start..]));
    }
    others.retain(|other| granted.iter().all(|name| name != other));
    for opened in each(&others, |name| keyvalue::open(name)).await {
        cx.check("KV-OPEN-5", "open a part of a granted name")
            .fails(opened, Kind::AccessDenied)?;
    }
    Ok(())
}
