use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.refused",
    title: "every function of admin is refused where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "blob.admin",
}

const REFUSED: Kind = Kind::Unsupported("blob.admin");

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().restricted;
    for round in 0..2 {
        if round == 1 {
            let container = cx.restricted_container().await?;
            cx.ok(container.put("object", b"bytes").await)?;
        }
        cx.check("TYP-FEAT-1", "create-container")
            .fails(admin::create(name).await, REFUSED)?;
        cx.check("TYP-FEAT-1", "delete-container")
            .fails(admin::delete(name).await, REFUSED)?;
        let check = cx.check("TYP-FEAT-2", "open the container after refused calls");
        let container = check.ok(blobstore::open(name).await)?;
        let listed = cx.all_names(&container, "", None).await?;
        check.keys(&listed, &["object"][..round])?;
    }
    Ok(())
}
