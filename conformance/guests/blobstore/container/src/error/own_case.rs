use conformance_kit::prelude::*;

use crate::apart::name_limit;

case! {
    id: "blob.error.own-case",
    title: "conditions with a case of their own are reported by it, each time the same",
    clauses: ["TYP-ERR-1"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let container = cx.container().await?;
    let check = |message| cx.check("TYP-ERR-1", message);
    let limit = name_limit(cx)?;
    cx.ok(container.put("object", b"bytes").await)?;
    for _ in 0..2 {
        check("open a granted name without a container")
            .fails(blobstore::open(&names.absent).await, Kind::NotFound)?;
        check("open a name that is not granted")
            .fails(blobstore::open(&names.denied).await, Kind::AccessDenied)?;
        check("get of an absent object").none(container.get("absent").await)?;
        check("head of an absent object").none(container.head("absent").await)?;
        check("copy of an absent object").fails(
            container.copy("absent", &container, "copy").await,
            Kind::NotFound,
        )?;
        check("move of an absent object").fails(
            container.r#move("absent", &container, "moved").await,
            Kind::NotFound,
        )?;
        check("put that expects a present object to be absent").fails(
            container.create("object", b"new").await,
            Kind::PreconditionFailed,
        )?;
        check("put that expects another version").fails(
            container.replace("object", b"new", "none").await,
            Kind::PreconditionFailed,
        )?;
        let behind = blobstore::range(6, None);
        check("get of a range behind the end").fails(
            container.get_range("object", behind).await,
            Kind::OutOfRange,
        )?;
        check("put of the empty name")
            .fails(container.put("", b"new").await, Kind::InvalidArgument)?;
        check("list with a cursor that is none").fails(
            container.list("", None, Some("a"), None).await,
            Kind::InvalidArgument,
        )?;
        let Some(limit) = limit else { continue };
        let long = cx.random_text(limit + 1);
        check("get of a name that is too long")
            .fails(container.get(&long).await, Kind::TooLarge(limit as u64))?;
    }
    Ok(())
}
