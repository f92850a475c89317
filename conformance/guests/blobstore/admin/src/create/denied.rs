use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.denied",
    title: "names that are not granted are refused alike, whether or not they exist",
    clauses: ["BLOB-ADMIN-1"],
    requires: ["blob.admin"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let invented = cx.random_text(8);
    let long = cx.random_text(64);
    let upper = names.primary.to_uppercase();
    let refused = [
        &names.denied,
        &names.unknown,
        &invented,
        &long,
        &upper,
        "",
        "..",
        "\0",
        "*",
    ];
    for round in 0..2 {
        for name in refused {
            let message = format!("create {}, which is not granted", name.shown());
            cx.check("BLOB-ADMIN-1", &message)
                .fails(admin::create(name).await, Kind::AccessDenied)?;
            let message = format!("open {} after that", name.shown());
            cx.check("BLOB-ADMIN-1", &message)
                .fails(blobstore::open(name).await, Kind::AccessDenied)?;
        }
        if round == 0 {
            cx.ok(admin::create(&names.absent).await)?;
        }
    }
    Ok(())
}
