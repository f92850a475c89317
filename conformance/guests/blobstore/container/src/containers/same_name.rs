use conformance_kit::prelude::*;

use crate::facts::{described, entries, owned};

case! {
    id: "blob.containers.same-name",
    title: "one name has bytes and metadata of its own in each container",
    clauses: ["BLOB-HANDLE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let containers = [
        cx.container().await?,
        cx.second_container().await?,
        cx.restricted_container().await?,
    ];
    let check = |message| cx.check("BLOB-HANDLE-3", message);
    let places = ["first", "second", "third"];
    for name in ["object", "a/b", "\0", "é"] {
        for (container, place) in containers.iter().zip(places) {
            check("get of an object that only other containers have")
                .none(container.get(name).await)?;
            check("head of an object that only other containers have")
                .none(container.head(name).await)?;
            let options = described(Some(place), &[("place", place)]);
            cx.ok(container.put_with(name, place.as_bytes(), options).await)?;
        }
        for (container, place) in containers.iter().zip(places) {
            let check = check("read an object that all containers have");
            check.value(container.get(name).await, place.as_bytes())?;
            let info = check.some(container.head(name).await)?;
            check.equal(info.content_type.as_str(), place)?;
            let metadata = owned(&[("place", place)]);
            check.equal(entries(&info.metadata), entries(&metadata))?;
        }
    }
    // Each loses an object while the others hold it.
    for (at, container) in containers.iter().enumerate() {
        cx.ok(container.delete("object").await)?;
        for (container, place) in containers.iter().zip(places).skip(at + 1) {
            check("get after another container lost the object")
                .value(container.get("object").await, place.as_bytes())?;
        }
    }
    Ok(())
}
