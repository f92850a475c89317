use conformance_kit::prelude::*;

use crate::support::each;

case! {
    id: "kv.open.odd",
    title: "names that no store can have are refused like any other",
    clauses: ["KV-OPEN-1", "TYP-ERR-3"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let (primary, denied) = (&names.primary, &names.denied);
    let mut odd: Vec<String> = [
        "",
        " ",
        "\0",
        ".",
        "..",
        "/",
        "//",
        "*",
        "?",
        "%",
        "_",
        "[a-z]*",
        "-",
        "default",
        "null",
        "\u{1f600}",
        "\u{feff}",
        "\u{10ffff}",
    ]
    .map(str::to_owned)
    .into();
    odd.extend([
        format!("./{primary}"),
        format!("{primary}/../{primary}"),
        format!("{primary}/../{denied}"),
        format!("../{primary}"),
        format!("/{denied}"),
        format!("{}*", &primary[..3]),
        format!("{}?", &primary[..primary.len() - 1]),
        format!("{primary},{denied}"),
        format!("{primary}|{denied}"),
    ]);
    odd.extend([64, 255, 256, 1_024, 100_000].map(|length| cx.random_text(length)));
    for (name, opened) in odd
        .iter()
        .zip(each(&odd, |name| keyvalue::open(name)).await)
    {
        cx.check("KV-OPEN-1", &format!("open {}", name.shown()))
            .fails(opened, Kind::AccessDenied)?;
    }
    let store = cx.store().await?;
    cx.check("TYP-ERR-3", "use a store after odd names were refused")
        .ok(store.set("key", b"value").await)
}
