use conformance_kit::prelude::*;

case! {
    id: "blob.open.tells-nothing",
    title: "a guest cannot find out which of the names it is not granted exist",
    clauses: ["BLOB-OPEN-1", "BLOB-OPEN-4"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    // Names that a service would have to look up, and that no run used before.
    let invented: Vec<String> = (0..4).map(|_| cx.random_text(8)).collect();
    let mut refused = vec![&names.denied, &names.unknown];
    refused.extend(&invented);
    for round in 0..3 {
        refused.rotate_left(round);
        for name in &refused {
            cx.check(
                "BLOB-OPEN-1",
                "open names that are not granted, in any order",
            )
            .fails(blobstore::open(name).await, Kind::AccessDenied)?;
        }
    }
    for opened in together(refused.iter().map(|name| blobstore::open(name))).await {
        cx.check(
            "BLOB-OPEN-1",
            "open names that are not granted, all at a time",
        )
        .fails(opened, Kind::AccessDenied)?;
    }
    cx.check("BLOB-OPEN-4", "open a name again that was refused")
        .fails(blobstore::open(&names.unknown).await, Kind::AccessDenied)
}
