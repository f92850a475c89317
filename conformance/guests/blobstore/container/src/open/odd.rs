use conformance_kit::prelude::*;

use crate::apart::each;

case! {
    id: "blob.open.odd",
    title: "names that no container can have are refused like any other",
    clauses: ["BLOB-OPEN-1", "TYP-ERR-3"],
}

const ODD: [&str; 19] = [
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
    "$root",
    "default",
    "192.168.0.1",
    "\u{1f600}",
    "\u{feff}",
    "\u{10ffff}",
];

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let (primary, denied) = (&names.primary, &names.denied);
    let mut odd: Vec<String> = ODD.map(str::to_owned).into();
    odd.extend([
        format!("./{primary}"),
        format!("{primary}/"),
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
    let opened = each(&odd, |name| blobstore::open(name)).await;
    for (name, opened) in odd.iter().zip(opened) {
        cx.check("BLOB-OPEN-1", &format!("open {}", name.shown()))
            .fails(opened, Kind::AccessDenied)?;
    }
    let container = cx.container().await?;
    cx.check("TYP-ERR-3", "use a container after odd names were refused")
        .ok(container.put("object", b"bytes").await)?;
    Ok(())
}
